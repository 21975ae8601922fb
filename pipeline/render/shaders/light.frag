#version 330 core
#extension GL_ARB_shading_language_420pack : require
// Second half of deferred shading: metallic-roughness surfaces
// under suns, rectangles and points, with soft shadows and constant indirect light.
// Radiometry follows Cycles: radiance in, radiance out. The film (film.py) makes a picture of it.

// How many lights, shadow maps and samples there are is written in when the program is built (gl_passes.py).
const int N_TAPS = 16;
const float WIDEST = 0.08;                  // of a shadow map: more would show the pattern of the taps
const float NEARBY = 2.0;                   // metres between a thing and the shadow that must not be missed
const float PI = 3.14159265;

uniform vec3 cam_pos;
uniform int light_count;
uniform int light_kind[N_LIGHTS];           // 0 sun, 1 rectangle, 2 point
uniform vec3 light_position[N_LIGHTS];
uniform vec3 light_direction[N_LIGHTS];
uniform vec3 light_half_x[N_LIGHTS];
uniform vec3 light_half_y[N_LIGHTS];
uniform vec3 light_strength[N_LIGHTS];
uniform float light_radius[N_LIGHTS];
uniform int light_layer[N_LIGHTS];
uniform int light_nested[N_LIGHTS];         // over how many layers a sun's shadows are spread, the finest first
uniform mat4 layer_matrix[N_LAYERS];
uniform mat4 layer_inverse[N_LAYERS];
uniform vec3 layer_planes[N_LAYERS];        // near, far, relative width
layout(binding = 1) uniform sampler2DArrayShadow shadow_compare;
layout(binding = 2) uniform sampler2DArray shadow_depth;
uniform vec3 radiance_above;
uniform vec3 radiance_below;
uniform vec3 sky_harmonics[9];               // what the sky adds to the two
layout(binding = 8) uniform sampler2D sky;   // equirectangular, linear
uniform float sky_rows;                      // rows of the panorama, 0 where it is one colour or a room hides it
uniform mat3 world_from_pixel;
uniform float pixel_angle;                   // size of a pixel at distance 1
layout(binding = 3) uniform sampler2DMS seen_albedo;
layout(binding = 4) uniform sampler2DMS seen_normal;
layout(binding = 5) uniform sampler2DMS seen_face;
layout(binding = 6) uniform sampler2DMS seen_position;
layout(binding = 7) uniform sampler2DMS seen_emission;

out vec4 frag_color;

vec3 world;                                  // the point being shaded

struct Surface {
    vec4 albedo;                             // w: roughness
    vec4 normal;                             // w: metallic
    vec3 face;
    vec4 position;
    vec3 emission;
};

// A sunflower spiral: taps spread evenly over the unit disc.
vec2 tap(int i) {
    float angle = 2.39996323 * float(i);
    return sqrt((float(i) + 0.5) / float(N_TAPS)) * vec2(cos(angle), sin(angle));
}

float metres(float depth, vec3 planes, bool parallel) {
    if (parallel) return mix(planes.x, planes.y, depth);
    return planes.x * planes.y / (planes.y - depth * (planes.y - planes.x));
}

// Where a point lies in a shadow map: [0, 1] in all three; w is the distance along a light that spreads.
vec4 in_map(int layer, vec3 point) {
    vec4 clip = layer_matrix[layer] * vec4(point, 1.0);
    return vec4(clip.xyz / clip.w * 0.5 + 0.5, clip.w);
}

struct Blockers { float count; float depth; };

// What stands between the light and `at` within `search`: how many taps of it, and the sum of their distances. Under a
// sun a blocker counts only where its half shadow is as wide as it is far from here.
Blockers blockers_within(float search, vec3 at, vec2 slope, int layer, bool parallel, float spread, float receiver) {
    Blockers found = Blockers(0.0, 0.0);
    vec3 planes = layer_planes[layer];
    float sure = 1.5 / float(textureSize(shadow_depth, 0).x);
    for (int k = 0; k < N_TAPS; k++) {
        vec2 d = search * tap(k);
        float depth = texture(shadow_depth, vec3(at.xy + d, float(layer))).r;
        float away = metres(depth, planes, parallel);
        bool reaches = !parallel || length(d) <= max(sure, 1.2 * spread * (receiver - away));
        if (depth < at.z + dot(slope, d) && depth < 1.0 && reaches) {
            found.count += 1.0;
            found.depth += away;
        }
    }
    return found;
}

// Share of the light that arrives, in [0, 1]. Percentage-closer soft shadows: the mean distance of blockers
// sets the width of the filter (Fernando 2005). Every tap is compared with the depth that the receiver's own
// plane has there (a plane stays a plane in clip space), so wide filters neither speckle lit surfaces nor
// detach shadows from what casts them.
float visibility(int i, vec3 face_normal) {
    int layer = light_layer[i];
    if (layer < 0) return 1.0;
    bool parallel = light_kind[i] == 0;
    float widest = WIDEST;
    if (parallel) {
        // The finest map that has the point, and room for the filter around it, where all maps filter equally wide.
        float finest = layer_planes[layer].z;
        for (int k = 1; k < light_nested[i]; k++) {
            vec2 off = abs(in_map(layer, world).xy - 0.5);
            widest = WIDEST * finest / layer_planes[layer].z;
            if (max(off.x, off.y) < 0.495 - widest) break;
            layer++;
        }
        widest = WIDEST * finest / layer_planes[layer].z;
    }
    vec3 offset = world - light_position[i];
    if (light_kind[i] == 2) {
        vec3 a = abs(offset);
        int axis = a.x > a.y && a.x > a.z ? 0 : (a.y > a.z ? 1 : 2);
        layer += axis + (offset[axis] < 0.0 ? 3 : 0);
    }
    vec3 planes = layer_planes[layer];
    float texels = float(textureSize(shadow_depth, 0).x);
    float along = parallel ? 1.0 : in_map(layer, world).w;
    vec3 lifted = world + face_normal * (planes.z * along / texels);
    vec4 placed = in_map(layer, lifted);
    vec3 at = placed.xyz;
    if (placed.w <= 0.0 || any(lessThan(at, vec3(0.0))) || any(greaterThan(at, vec3(1.0)))) return 1.0;

    vec4 plane = vec4(face_normal, -dot(face_normal, lifted)) * layer_inverse[layer];
    vec2 slope = -plane.xy / (abs(plane.z) > 1e-9 ? plane.z : 1e-9);

    float receiver = metres(at.z, planes, parallel);
    float spread = light_radius[i] / (planes.z * (parallel ? 1.0 : receiver));
    widest = max(widest, 1.5 / texels);
    float wide = clamp(spread * (parallel ? receiver : 1.0), 1.5 / texels, widest);
    // Under a sun, first what is near: few taps spread wide would miss the shadow of a post.
    float search = parallel ? clamp(spread * NEARBY, 1.5 / texels, wide) : wide;
    Blockers found = blockers_within(search, at, slope, layer, parallel, spread, receiver);
    if (found.count == 0.0 && wide > 1.5 * search) {
        search = wide;
        found = blockers_within(search, at, slope, layer, parallel, spread, receiver);
    }
    if (found.count == 0.0) return 1.0;
    float blocker = min(found.depth / found.count, receiver);
    float width = spread * (receiver - blocker) / (parallel ? 1.0 : blocker);
    // Few taps find few blockers: never trust them with an edge much sharper than the search was wide.
    width = clamp(width, max(1.0 / texels, 0.3 * search), widest);
    float lit = 0.0;
    for (int k = 0; k < N_TAPS; k++) {
        vec2 d = width * tap(k);
        lit += texture(shadow_compare, vec4(at.xy + d, float(layer), min(at.z + dot(slope, d), 1.0)));
    }
    return lit / float(N_TAPS);
}

// Edge term of Lambert's formula: the angle between two unit vectors over its sine, times their cross product.
// Rational fit of the angle by Hill and Heitz (2016).
vec3 edge(vec3 a, vec3 b) {
    float x = dot(a, b);
    float y = abs(x);
    float v = (0.8543985 + (0.4965155 + 0.0145206 * y) * y) / (3.4175940 + (4.1616724 + y) * y);
    return cross(a, b) * (x > 0.0 ? v : 0.5 * inversesqrt(max(1.0 - x * x, 1e-7)) - v);
}

// Share of the hemisphere above `n`, cosine-weighted, that the rectangle fills: its form factor.
float form_factor(int i, vec3 n) {
    vec3 p = light_position[i] - world, x = light_half_x[i], y = light_half_y[i];
    vec3 a = normalize(p - x - y), b = normalize(p + x - y), c = normalize(p + x + y), d = normalize(p - x + y);
    vec3 f = edge(a, b) + edge(b, c) + edge(c, d) + edge(d, a);
    f *= dot(f, p) < 0.0 ? -1.0 : 1.0;
    float whole = length(f);
    // A rectangle cut by the horizon counts as a sphere of the same form factor would (Hill and Heitz).
    return max((whole * whole + dot(f, n)) / (whole + 1.0), 0.0);
}

vec3 fresnel(vec3 f0, float cosine) { return f0 + (1.0 - f0) * pow(clamp(1.0 - cosine, 0.0, 1.0), 5.0); }

// GGX lobe without the light's cosine: D G F / (4 nl nv), correlated Smith masking.
vec3 lobe(vec3 n, vec3 v, vec3 l, float alpha, float wide, vec3 f0) {
    vec3 h = normalize(l + v);
    float nl = max(dot(n, l), 1e-3), nv = max(dot(n, v), 1e-3), nh = max(dot(n, h), 0.0);
    float a2 = wide * wide;
    float d = (nh * nh) * (a2 - 1.0) + 1.0;
    float m2 = alpha * alpha;
    float smith = 0.5 / (nl * sqrt(nv * nv * (1.0 - m2) + m2) + nv * sqrt(nl * nl * (1.0 - m2) + m2));
    // alpha / wide keeps the energy of a lobe that was widened to show the size of the light (Karis 2013).
    return fresnel(f0, max(dot(v, h), 0.0)) * a2 / (PI * d * d) * smith * (m2 / a2);
}

// Whether so much light could change what is there already by a fraction of a grey level at any exposure; if not, its
// shadow is not worth looking up.
bool shows(vec3 more, vec3 there) {
    return max(max(more.r, more.g), more.b) > 1e-3 * max(max(there.r, there.g), there.b);
}

// Irradiance over pi that the sky adds to two even hemispheres (environment.py).
vec3 uneven_sky(vec3 n) {
    return sky_harmonics[0] * 0.282095 + 0.488603 * (sky_harmonics[1] * n.y + sky_harmonics[2] * n.z + sky_harmonics[3] * n.x)
        + 1.092548 * (sky_harmonics[4] * n.x * n.y + sky_harmonics[5] * n.y * n.z + sky_harmonics[7] * n.x * n.z)
        + sky_harmonics[6] * 0.315392 * (3.0 * n.z * n.z - 1.0) + sky_harmonics[8] * 0.546274 * (n.x * n.x - n.y * n.y);
}

vec2 in_panorama(vec3 d) {
    return vec2(0.5 - atan(d.y, d.x) / (2.0 * PI), 0.5 + asin(clamp(d.z, -1.0, 1.0)) / PI);
}

vec3 seen_sky() {
    vec3 d = normalize(world_from_pixel * vec3(gl_FragCoord.xy, 1.0));
    // Level 0 by hand: behind the seam, where the angle jumps, derivatives would choose the coarsest.
    return textureLod(sky, in_panorama(d), 0.0).rgb;
}

// What a surface of GGX width `alpha` mirrors of the sky: the level of the panorama whose texels are as wide as its lobe.
vec3 mirrored_sky(vec3 mirror, float alpha) {
    if (sky_rows == 0.0) return radiance_above;
    float level = log2(max(2.0 * alpha * sky_rows / PI, 1.0));
    vec3 found = textureLod(sky, in_panorama(mirror), level).rgb;
    // A wide lobe takes in the whole upper half.
    return mix(found, radiance_above, smoothstep(0.2, 0.6, alpha));
}

vec3 shade(Surface s) {
    world = s.position.xyz;
    float whole = length(s.normal.xyz);      // below 1 where bumps too small to see face every way
    vec3 v = normalize(cam_pos - world), n = s.normal.xyz / whole, color = s.albedo.rgb;
    float roughness = s.albedo.w, metallic = s.normal.w, alpha = roughness * roughness;
    vec3 f0 = mix(vec3(0.04), color, metallic);
    vec3 diffuse = color * (1.0 - metallic);

    float nv = max(dot(n, v), 1e-3);
    vec3 mirror = reflect(-v, n);
    // Sum of the lobe over the hemisphere: polynomial fit by Karis ("Physically based shading on mobile", 2014).
    vec4 r = roughness * vec4(-1.0, -0.0275, -0.572, 0.022) + vec4(1.0, 0.0425, 1.04, -0.04);
    float a004 = min(r.x * r.x, exp2(-9.28 * nv)) * r.x + r.y;
    vec2 ab = vec2(-1.04, 1.04) * a004 + r.zw;
    vec3 reflected = f0 * ab.x + ab.y;
    vec3 kept = 1.0 - reflected;
    vec3 matt = kept * diffuse / PI * whole; // the mean cosine over many normals is that with their mean, unnormalised

    vec3 radiance = s.emission;
    radiance += kept * diffuse * max(mix(radiance_below, radiance_above, 0.5 + 0.5 * n.z) + uneven_sky(n), 0.0);
    float horizon = 0.1 + roughness;
    radiance += reflected * mix(radiance_below, mirrored_sky(mirror, alpha), smoothstep(-horizon, horizon, mirror.z));

    for (int i = 0; i < light_count; i++) {
        vec3 l = -light_direction[i];
        vec3 irradiance = light_strength[i];
        vec3 to_spot = l;
        float wide = alpha;
        float diffuse_share;
        if (light_kind[i] == 0) {
            diffuse_share = max(dot(n, l), 0.0);
        } else {
            vec3 to_light = light_position[i] - world;
            float distance2 = max(dot(to_light, to_light), 1e-4);
            l = to_light * inversesqrt(distance2);
            to_spot = l;
            if (light_kind[i] == 2) {
                irradiance /= distance2;
                diffuse_share = max(dot(n, l), 0.0);
                wide = clamp(alpha + light_radius[i] * 0.5 * inversesqrt(distance2), 0.0, 1.0);
            } else {
                vec3 axis = light_direction[i];
                float behind = dot(-to_light, axis);
                if (behind <= 0.0) continue;
                // Highlight: the point of the rectangle that is nearest to the mirrored view ray.
                float t = dot(to_light, axis) / min(dot(mirror, axis), -1e-4);
                vec3 hit = (dot(mirror, axis) < 0.0 ? mirror * t : to_light) - to_light;
                vec3 x = light_half_x[i], y = light_half_y[i];
                vec3 spot = to_light + x * clamp(dot(hit, x) / dot(x, x), -1.0, 1.0)
                                     + y * clamp(dot(hit, y) / dot(y, y), -1.0, 1.0);
                to_spot = normalize(spot);
                wide = clamp(alpha + light_radius[i] * 0.4 * inversesqrt(distance2), 0.0, 1.0);
                float solid = 4.0 * length(x) * length(y) * behind * inversesqrt(distance2) / distance2;
                diffuse_share = PI * form_factor(i, n);
                vec3 free = light_strength[i] * (matt * diffuse_share
                    + lobe(n, v, to_spot, alpha, wide, f0) * max(dot(n, to_spot), 0.0) * min(solid, PI));
                if (shows(free, radiance)) radiance += free * visibility(i, s.face);
                continue;
            }
        }
        if (dot(n, l) <= 0.0) continue;
        vec3 free = irradiance * diffuse_share * (matt + lobe(n, v, to_spot, alpha, wide, f0));
        if (shows(free, radiance)) radiance += free * visibility(i, s.face);
    }
    return radiance;
}

Surface fetch(ivec2 pixel, int k) {
    return Surface(texelFetch(seen_albedo, pixel, k), texelFetch(seen_normal, pixel, k),
                   texelFetch(seen_face, pixel, k).xyz, texelFetch(seen_position, pixel, k),
                   texelFetch(seen_emission, pixel, k).rgb);
}

// One shading serves the whole pixel where its samples lie on one smooth surface of one colour.
bool alike(Surface a, Surface b) {
    float near = 4.0 * pixel_angle * distance(cam_pos, a.position.xyz);
    return a.position.w == b.position.w && dot(a.normal.xyz, b.normal.xyz) > 0.98 * length(a.normal.xyz) * length(b.normal.xyz)
        && abs(dot(a.face, a.position.xyz - b.position.xyz)) < near && distance(a.albedo, b.albedo) < 0.05
        && a.normal.w == b.normal.w && a.emission == b.emission;
}

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    Surface first = fetch(pixel, 0);
    bool whole = true;
    Surface mean = first;
    for (int k = 1; k < N_SAMPLES; k++) {
        Surface other = fetch(pixel, k);
        whole = whole && alike(first, other);
        mean.albedo += other.albedo;
        mean.normal.xyz += other.normal.xyz;
    }
    mean.albedo /= float(N_SAMPLES);
    mean.normal.xyz /= float(N_SAMPLES);
    vec3 sum = vec3(0.0);
    int count = whole ? 1 : N_SAMPLES;
    for (int k = 0; k < count; k++) {
        Surface s = mean;
        if (!whole) s = fetch(pixel, k);
        sum += s.position.w == 0.0 ? seen_sky() : shade(s);
    }
    frag_color = vec4(sum / float(count), 1.0);
}
