#version 330 core
#extension GL_ARB_shading_language_420pack : require
// First half of deferred shading: what is seen at each sample, unlit. Small triangles cost whole blocks of
// fragments, so the expensive half, light.frag, runs once a pixel and never for what is hidden.

uniform vec3 cam_pos;
layout(binding = 0) uniform sampler2DArray base_textures;

in vec3 world;
in vec3 world_normal;
in vec2 uv;
in vec2 surface;
in vec3 base_color;
flat in vec4 glow;                           // emitted radiance; layer of the texture, -1 for none

layout(location = 0) out vec4 albedo_roughness;
layout(location = 1) out vec4 normal_metallic;
layout(location = 2) out vec4 face_normal;
layout(location = 3) out vec4 position;      // w = 1 where something is seen
layout(location = 4) out vec4 emission;

vec3 to_linear(vec3 c) {
    return mix(pow((c + 0.055) / 1.055, vec3(2.4)), c / 12.92, vec3(lessThanEqual(c, vec3(0.04045))));
}

void main() {
    vec2 uv_dx = dFdx(uv), uv_dy = dFdy(uv);
    vec3 color = base_color;
    if (glow.w >= 0.0) color *= to_linear(textureGrad(base_textures, vec3(uv, glow.w), uv_dx, uv_dy).rgb);
    vec3 facet = normalize(cross(dFdx(world), dFdy(world)));
    vec3 v = cam_pos - world;
    if (dot(facet, v) < 0.0) facet = -facet;
    vec3 n = normalize(world_normal);
    if (dot(n, facet) < 0.0) n = -n;
    albedo_roughness = vec4(color, clamp(surface.x, 0.05, 1.0));
    normal_metallic = vec4(n, surface.y);
    face_normal = vec4(facet, 0.0);
    position = vec4(world, 1.0);
    emission = vec4(glow.rgb, 0.0);
}
