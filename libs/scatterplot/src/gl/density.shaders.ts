import { placing, type PointVariant } from './point.shaders.js';

/** One texel for each point. */
export const countVertex = (variant: PointVariant): string => `#version 300 es
precision highp float;
${placing(variant)}
void main() {
  gl_Position = place();
  gl_PointSize = 1.0;
}`;

export const countFragment = `#version 300 es
precision mediump float;
uniform float unit;
out vec4 result;
void main() { result = vec4(unit, 0.0, 0.0, 1.0); }`;

/** One triangle over everything. */
export const screenVertex = `#version 300 es
out vec2 uv;
void main() {
  vec2 corner = vec2(float((gl_VertexID & 1) << 2), float((gl_VertexID & 2) << 1));
  uv = corner * 0.5;
  gl_Position = vec4(corner - 1.0, 0.0, 1.0);
}`;

/** Gaussian along one axis, 13 taps, deviation 2.5 texels. */
export const blurFragment = `#version 300 es
precision highp float;
uniform sampler2D source;
uniform vec2 along;
in vec2 uv;
out vec4 result;
void main() {
  float sum = 0.0, weights = 0.0;
  for (int i = -6; i <= 6; i++) {
    float weight = exp(-float(i * i) / 12.5);
    sum += weight * texture(source, uv + float(i) * along).r;
    weights += weight;
  }
  result = vec4(sum / weights, 0.0, 0.0, 1.0);
}`;

/** Logarithm of the density over the mean of the view, as a place in the ramp. */
export const toneFragment = `#version 300 es
precision highp float;
uniform sampler2D density;
uniform sampler2D ramp;
uniform float mean;
in vec2 uv;
out vec4 result;
void main() {
  float level = clamp(log2(1.0 + texture(density, uv).r / mean) / 6.0, 0.0, 1.0);
  vec4 color = texture(ramp, vec2((level * 255.0 + 0.5) / 256.0, 0.5));
  float alpha = color.a * smoothstep(0.0, 0.06, level);
  result = vec4(color.rgb * alpha, alpha);
}`;
