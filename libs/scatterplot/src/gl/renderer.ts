import { imageTooLarge, webGlMissing } from '../scatterplot.errors.js';
import { DensityLayer } from './density.layer.js';
import { GrowingPicture, type GrowthOptions, type GrowthStep } from './growing-picture.js';
import { PointBuffers } from './point-buffers.js';
import { PointLayer } from './point.layer.js';
import { createTarget } from './render-target.js';
import type { Scene } from './scene.js';

/** Returns the WebGL 2 context of a canvas. Throws `unsupported` WEBGL2_MISSING if there is none. */
export function createContext(canvas: HTMLCanvasElement): WebGL2RenderingContext {
  const gl = canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    depth: true,
    stencil: false,
    powerPreference: 'high-performance',
  });
  if (gl === null) throw webGlMissing();
  return gl;
}

/** The WebGL state of one scatterplot. Created again after a lost context. */
export class Renderer {
  readonly buffers: PointBuffers;
  private readonly points: PointLayer;
  /** Created at first use, because compiling its programs would delay the first points. */
  private density: DensityLayer | undefined;
  private readonly growing: GrowingPicture;
  private drawn: WebGLSync | null = null;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    capacity: number,
    dimensions: 2 | 3,
  ) {
    this.buffers = new PointBuffers(gl, capacity, dimensions);
    this.points = new PointLayer(gl, this.buffers);
    this.growing = new GrowingPicture(gl, this.points);
    gl.depthFunc(gl.LEQUAL);
  }

  /** Draws onto the canvas; only the points from `from` on in the order of the scene. */
  draw(scene: Scene, from = 0): void {
    const { gl } = this;
    this.drawInto(scene, null, gl.drawingBufferWidth, gl.drawingBufferHeight, from);
    this.send();
  }

  /** Draws a step of the off-screen picture of points. */
  grow(scene: Scene, options: GrowthOptions): GrowthStep {
    const { drawingBufferWidth, drawingBufferHeight } = this.gl;
    const step = this.growing.step(scene, options, drawingBufferWidth, drawingBufferHeight);
    this.send();
    return step;
  }

  /** Frees the resources of a growing picture. */
  endGrowth(): void {
    this.growing.free();
  }

  /** True if the GPU has not finished the last frame; another frame would only wait behind it. */
  get busy(): boolean {
    return (
      this.drawn !== null && this.gl.getSyncParameter(this.drawn, this.gl.SYNC_STATUS) === this.gl.UNSIGNALED
    );
  }

  /**
   * Draws aside; returns RGBA rows, the top one first. Throws `exhausted` IMAGE_TOO_LARGE beyond the card's
   * limit.
   */
  picture(scene: Scene, width: number, height: number): ImageData {
    const { gl } = this;
    const limit = Math.min(
      gl.getParameter(gl.MAX_TEXTURE_SIZE) as number,
      ...(gl.getParameter(gl.MAX_VIEWPORT_DIMS) as Int32Array),
    );
    if (width > limit || height > limit) throw imageTooLarge(width, height, limit);
    const target = createTarget(gl, width, height, gl.RGBA8, true);
    this.drawInto(scene, target.framebuffer, width, height);
    const pixels = new Uint8Array(4 * width * height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    target.free();
    const image = new ImageData(width, height);
    for (let row = 0; row < height; row++)
      image.data.set(
        pixels.subarray(4 * width * (height - 1 - row), 4 * width * (height - row)),
        4 * width * row,
      );
    return image;
  }

  free(): void {
    this.gl.deleteSync(this.drawn);
    this.growing.free();
    this.points.free();
    this.density?.free();
    this.buffers.free();
  }

  private send(): void {
    const { gl } = this;
    gl.deleteSync(this.drawn);
    this.drawn = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
  }

  private drawInto(
    scene: Scene,
    framebuffer: WebGLFramebuffer | null,
    width: number,
    height: number,
    from = 0,
  ): void {
    const { gl } = this;
    const density =
      scene.ramp === undefined || scene.projection.dimensions === 3
        ? undefined
        : (this.density ??= new DensityLayer(gl, this.buffers));
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.viewport(0, 0, width, height);
    gl.clearColor(...scene.background, 1);
    gl.clearDepth(1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (density === undefined || scene.ramp === undefined) this.points.draw(scene, from);
    else density.draw(scene, scene.ramp, framebuffer, width, height);
    this.points.drawRings(scene);
  }
}
