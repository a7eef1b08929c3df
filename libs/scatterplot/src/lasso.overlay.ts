const SVG = 'http://www.w3.org/2000/svg';

/** Draws the outline of a lasso or rectangle above a canvas; takes no pointer events. */
export class LassoOverlay {
  private readonly svg = document.createElementNS(SVG, 'svg');
  private readonly shape = document.createElementNS(SVG, 'polygon');

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.svg.setAttribute('aria-hidden', 'true');
    this.svg.style.cssText = 'position:absolute;pointer-events:none;overflow:hidden;display:none';
    this.shape.setAttribute('stroke-width', '1.5');
    this.shape.setAttribute('stroke-dasharray', '5 3');
    this.shape.setAttribute('stroke-linejoin', 'round');
    this.shape.setAttribute('fill-opacity', '0.12');
    this.svg.append(this.shape);
    canvas.after(this.svg);
  }

  setColor(css: string): void {
    this.shape.setAttribute('stroke', css);
    this.shape.setAttribute('fill', css);
  }

  /** Shows a polygon of the canvas, flat CSS pixels. */
  show(polygon: readonly number[]): void {
    const { offsetLeft, offsetTop, clientWidth, clientHeight } = this.canvas;
    Object.assign(this.svg.style, { left: `${offsetLeft}px`, top: `${offsetTop}px`, width: `${clientWidth}px`, height: `${clientHeight}px`, display: 'block' });
    this.shape.setAttribute('points', polygon.join(' '));
  }

  hide(): void {
    this.svg.style.display = 'none';
  }

  remove(): void {
    this.svg.remove();
  }
}
