import { ATTRIBUTES } from './point.shaders.js';

/** Vertex buffers of all points; memory for `capacity` points is taken at once. */
export class PointBuffers {
  private readonly arrays: WebGLVertexArrayObject;
  private position: WebGLBuffer;
  private before: WebGLBuffer | undefined;
  private readonly color: WebGLBuffer;
  private readonly size: WebGLBuffer;
  private readonly order: WebGLBuffer;
  private readonly marked: WebGLBuffer;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly capacity: number,
    private readonly dimensions: 2 | 3,
  ) {
    this.arrays = gl.createVertexArray();
    this.position = this.room(4 * dimensions);
    this.color = this.room(4);
    this.size = this.room(1);
    this.order = gl.createBuffer();
    this.marked = gl.createBuffer();
    gl.bindVertexArray(this.arrays);
    for (const location of [ATTRIBUTES.position, ATTRIBUTES.color, ATTRIBUTES.size])
      gl.enableVertexAttribArray(location);
    this.point(ATTRIBUTES.color, this.color, 4, gl.UNSIGNED_BYTE, true);
    this.point(ATTRIBUTES.size, this.size, 1, gl.UNSIGNED_BYTE, true);
    this.point(ATTRIBUTES.position, this.position, dimensions, gl.FLOAT, false);
  }

  /** Positions `[n, dimensions]` of the points from `first` on. */
  setPositions(first: number, values: Float32Array): void {
    this.write(this.position, 4 * this.dimensions * first, values);
  }

  /**
   * Stores the current positions as the start of an animation; the next positions have to be set. `values`
   * replaces them by intermediate positions.
   */
  beginGlide(values: Float32Array | undefined): void {
    [this.before, this.position] = [this.position, this.before ?? this.room(4 * this.dimensions)];
    if (values !== undefined) this.write(this.before, 0, values);
    this.gl.bindVertexArray(this.arrays);
    this.gl.enableVertexAttribArray(ATTRIBUTES.before);
    this.point(ATTRIBUTES.before, this.before, this.dimensions, this.gl.FLOAT, false);
    this.point(ATTRIBUTES.position, this.position, this.dimensions, this.gl.FLOAT, false);
  }

  endGlide(): void {
    this.gl.bindVertexArray(this.arrays);
    this.gl.disableVertexAttribArray(ATTRIBUTES.before);
  }

  setColors(first: number, values: Uint32Array): void {
    this.write(this.color, 4 * first, values);
  }

  setSizes(first: number, values: Uint8Array): void {
    this.write(this.size, first, values);
  }

  setOrder(points: Uint32Array): void {
    this.index(this.order, points);
  }

  setMarked(points: Uint32Array): void {
    this.index(this.marked, points);
  }

  /** Binds the buffers for drawing, through an index list or directly. */
  bind(through: 'order' | 'marked' | undefined): void {
    this.gl.bindVertexArray(this.arrays);
    if (through !== undefined) this.gl.bindBuffer(this.gl.ELEMENT_ARRAY_BUFFER, this[through]);
  }

  free(): void {
    for (const buffer of [this.position, this.before, this.color, this.size, this.order, this.marked])
      if (buffer !== undefined) this.gl.deleteBuffer(buffer);
    this.gl.deleteVertexArray(this.arrays);
  }

  private room(bytes: number): WebGLBuffer {
    const buffer = this.gl.createBuffer();
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, Math.max(4, bytes * this.capacity), this.gl.DYNAMIC_DRAW);
    return buffer;
  }

  private write(buffer: WebGLBuffer, offset: number, values: ArrayBufferView): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferSubData(this.gl.ARRAY_BUFFER, offset, values);
  }

  private index(buffer: WebGLBuffer, points: Uint32Array): void {
    this.bind(undefined);
    this.gl.bindBuffer(this.gl.ELEMENT_ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ELEMENT_ARRAY_BUFFER, points, this.gl.DYNAMIC_DRAW);
  }

  private point(
    location: number,
    buffer: WebGLBuffer,
    size: number,
    type: number,
    normalized: boolean,
  ): void {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.vertexAttribPointer(location, size, type, normalized, 0, 0);
  }
}
