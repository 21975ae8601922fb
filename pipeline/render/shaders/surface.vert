#version 330 core
// Vertices are in world coordinates already; attribute order is pyrender's.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec4 glow_and_layer;
layout(location = 3) in vec2 texture_uv;
layout(location = 4) in vec2 roughness_metallic;
layout(location = 5) in vec4 color_and_layer;

uniform mat4 clip_from_world;

out vec3 world;
out vec3 world_normal;
out vec2 uv;
out vec2 surface;
out vec3 base_color;
flat out float relief;
flat out vec4 glow;

void main() {
    gl_Position = clip_from_world * vec4(position, 1.0);
    world = position;
    world_normal = normal;
    uv = texture_uv;
    surface = roughness_metallic;
    base_color = color_and_layer.rgb;
    relief = color_and_layer.w;
    glow = glow_and_layer;
}
