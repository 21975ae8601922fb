#version 330 core
#extension GL_ARB_shading_language_420pack : require
// First half of deferred shading: what is seen at each sample, unlit. Small triangles cost whole blocks of
// fragments, so the expensive half, light.frag, runs once a pixel and never for what is hidden.

uniform vec3 cam_pos;
layout(binding = 0) uniform sampler2DArray skins;    // base colour, sRGB; metallic
layout(binding = 9) uniform sampler2DArray reliefs;  // normal as glTF has it; roughness

in vec3 world;
in vec3 world_normal;
in vec2 uv;
in vec2 surface;
in vec3 base_color;
flat in vec4 glow;                           // emitted radiance; layer of the skin, -1 for none
flat in float relief;                        // its layer, -1 for none

layout(location = 0) out vec4 albedo_roughness;
layout(location = 1) out vec4 normal_metallic;
layout(location = 2) out vec4 face_normal;
layout(location = 3) out vec4 position;      // w = 1 where something is seen
layout(location = 4) out vec4 emission;

vec3 to_linear(vec3 c) {
    return mix(pow((c + 0.055) / 1.055, vec3(2.4)), c / 12.92, vec3(lessThanEqual(c, vec3(0.04045))));
}

// Directions in which u and v grow along the surface, without tangents on the vertices: what the screen's derivatives
// of position and uv say of them (C. Schueler, "Normal mapping without precomputed tangents", ShaderX 5, 2006).
// Zero where uv is constant. `n` faces the viewer.
mat3 uv_frame(vec3 n, vec3 world_dx, vec3 world_dy, vec2 uv_dx, vec2 uv_dy) {
    vec3 across_x = cross(world_dy, n), across_y = cross(n, world_dx);
    vec3 u = across_x * uv_dx.x + across_y * uv_dy.x;
    vec3 v = across_x * uv_dx.y + across_y * uv_dy.y;
    return mat3(u * inversesqrt(max(dot(u, u), 1e-30)), v * inversesqrt(max(dot(v, v), 1e-30)), n);
}

// Roughness of what has that of `surface` around normals whose mean is `length_` long: the shorter, the more they
// scatter light. The slopes' variance along one axis is 1 / length - 1 (M. Toksvig, "Mipmapping normal maps", 2004),
// and GGX's alpha squared is twice the variance of the slopes it stands for. Rounding to bytes alone shortens by 0.004.
float widened(float roughness, float length_) {
    float alpha = roughness * roughness;
    float variance = 1.0 / clamp(length_ + 0.004, 0.1, 1.0) - 1.0;
    return sqrt(sqrt(min(alpha * alpha + 2.0 * variance, 1.0)));
}

// Roughness of what turns by so much from one pixel to the next, without which wavelets would flash in single pixels
// (Y. Tokuyoshi and A. Kaplanyan, "Improved geometric specular antialiasing", I3D 2019).
float curved(float roughness, vec3 n_dx, vec3 n_dy) {
    float alpha = roughness * roughness;
    float variance = 0.15915494 * (dot(n_dx, n_dx) + dot(n_dy, n_dy));
    return sqrt(sqrt(min(alpha * alpha + min(2.0 * variance, 0.18), 1.0)));
}

void main() {
    vec2 uv_dx = dFdx(uv), uv_dy = dFdy(uv);
    vec3 world_dx = dFdx(world), world_dy = dFdy(world);
    vec3 color = base_color;
    float roughness = surface.x, metallic = surface.y;
    if (glow.w >= 0.0) {
        vec4 skin = textureGrad(skins, vec3(uv, glow.w), uv_dx, uv_dy);
        color *= to_linear(skin.rgb);
        metallic *= skin.w;
    }
    vec3 facet = normalize(cross(world_dx, world_dy));
    vec3 v = cam_pos - world;
    if (dot(facet, v) < 0.0) facet = -facet;
    vec3 n = normalize(world_normal);
    bool behind = dot(n, facet) < 0.0;
    if (behind) n = -n;
    if (relief >= 0.0) {
        vec4 texel = textureGrad(reliefs, vec3(uv, relief), uv_dx, uv_dy);
        // 128 means level, as every baker writes it: half a step more than zero would tilt all that has no bumps.
        vec3 local = (texel.xyz * 255.0 - 128.0) / 127.0;
        roughness = widened(roughness * texel.w, length(local));
        if (behind) local.xy = -local.xy;    // what is raised in front is a hollow from behind
        n = uv_frame(n, world_dx, world_dy, uv_dx, uv_dy) * local;
    }
    vec3 along = normalize(n);
    if (relief >= 0.0) roughness = curved(roughness, dFdx(along), dFdy(along));
    albedo_roughness = vec4(color, clamp(roughness, 0.05, 1.0));
    // As long as the mean of the normals that the pixel covers: matt light goes with it (light.frag).
    normal_metallic = vec4(relief >= 0.0 ? along * min(length(n) + 0.004, 1.0) : along, metallic);
    face_normal = vec4(facet, 0.0);
    position = vec4(world, 1.0);
    emission = vec4(glow.rgb, 0.0);
}
