/** Where attributes are bound, in all programs over points. */
export const ATTRIBUTES = { position: 0, before: 1, color: 2, size: 3 } as const;

/** Variant for which a point program is compiled. */
export interface PointVariant {
  readonly dimensions: 2 | 3;
  /** Mixes the places before and after by `glide`. */
  readonly gliding: boolean;
}

/** GLSL that gives `place()`, the clip position of the vertex, and `nearness`, 0 far to 1 near. */
export function placing({ dimensions, gliding }: PointVariant): string {
  const vec = `vec${dimensions}`;
  return `
layout(location = ${ATTRIBUTES.position}) in ${vec} position;
${gliding ? `layout(location = ${ATTRIBUTES.before}) in ${vec} before;\nuniform float glide;` : ''}
uniform vec3 center;
uniform vec2 scale;
uniform vec2 middle;
uniform mat3 rotation;
uniform vec2 depth; // perspective, 1 / drawn depth
float nearness = 1.0;
vec4 place() {
  ${vec} p = ${gliding ? 'mix(before, position, glide)' : 'position'} - center${dimensions === 2 ? '.xy' : ''};
  ${
    dimensions === 2
      ? 'return vec4(p * scale + middle, 0.0, 1.0);'
      : `
  vec3 q = rotation * p;
  float w = 1.0 - depth.x * q.z;
  nearness = clamp(0.5 + 0.7 * q.z * depth.y, 0.0, 1.0);
  return w < 0.05 ? vec4(0.0, 0.0, 2.0, 1.0) : ` +
        'vec4(q.xy * scale + middle * w, -clamp(q.z * depth.y, -1.0, 1.0) * w, w);'
  }
}`;
}

/**
 * Discs: `range` diameters in device pixels, `look` = (opacity of the smallest, of the largest, greyness,
 * ring).
 */
export function pointVertex(variant: PointVariant): string {
  return `#version 300 es
precision highp float;
layout(location = ${ATTRIBUTES.color}) in vec4 color;
layout(location = ${ATTRIBUTES.size}) in float size;
${placing(variant)}
uniform vec2 range;
uniform vec4 look;
uniform vec3 behind;
flat out vec4 shade;
flat out vec2 disc; // diameter with the soft edge, darkness of the rim
void main() {
  gl_Position = place();
  float d = mix(range.x, range.y, size) ${variant.dimensions === 3 ? '/ max(gl_Position.w, 0.2)' : ''} + 9.0 * look.w;
  disc = vec2(max(d, 1.0) + 1.0, 0.35 * clamp(0.25 * d - 1.0, 0.0, 1.0));
  gl_PointSize = disc.x;
  float alpha = mix(look.x, look.y, size) * color.a * min(1.0, d * d);
  vec3 rgb = mix(color.rgb, mix(vec3(dot(color.rgb, vec3(0.3, 0.6, 0.1))), behind, 0.35), look.z);
  ${variant.dimensions === 3 ? 'rgb = mix(behind, rgb, 0.45 + 0.55 * smoothstep(0.0, 0.8, nearness));' : ''}
  shade = vec4(rgb * alpha, alpha);
}`;
}

/** Anti-aliased disc with a thin darker edge when it is large, or a ring. */
export function pointFragment(ring: boolean, depthTested: boolean): string {
  return `#version 300 es
precision mediump float;
flat in vec4 shade;
flat in vec2 disc;
out vec4 result;
${ring ? 'uniform vec4 ringColor;' : ''}
void main() {
  float edge = disc.x * (0.5 - length(gl_PointCoord - 0.5));
  float cover = min(1.0, edge);
  ${
    ring
      ? `
  result = vec4(ringColor.rgb, 1.0) * clamp(min(edge, 4.0 - edge), 0.0, 1.0);`
      : `
  if (cover <= ${depthTested ? '0.5' : '0.0'}) discard;
  result = vec4(shade.rgb * (1.0 - disc.y * clamp(2.0 - edge, 0.0, 1.0)), shade.a) * cover;`
  }
}`;
}
