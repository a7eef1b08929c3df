const SVG = 'http://www.w3.org/2000/svg';

/** A ring of CSS pixels of the canvas. */
export interface Ring {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/**
 * Draws above the canvas whatever changes independently of the points: rings around points, and the outline
 * of a lasso or rectangle. Ignores pointer events.
 */
export class Overlay {
  private readonly svg = document.createElementNS(SVG, 'svg');
  private readonly halo = this.add('path', { fill: 'none', 'stroke-width': '4.5', 'stroke-opacity': '0.7' });
  private readonly rings = this.add('path', { fill: 'none', 'stroke-width': '2' });
  private readonly outline = this.add('polygon', {
    'stroke-width': '1.5',
    'stroke-dasharray': '5 3',
    'stroke-linejoin': 'round',
    'fill-opacity': '0.12',
  });

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.svg.setAttribute('aria-hidden', 'true');
    this.svg.style.cssText = 'position:absolute;pointer-events:none;overflow:hidden';
    canvas.after(this.svg);
  }

  /** Colours as CSS. */
  setColors(ink: string, background: string): void {
    this.halo.setAttribute('stroke', background);
    this.rings.setAttribute('stroke', ink);
    this.outline.setAttribute('stroke', ink);
    this.outline.setAttribute('fill', ink);
  }

  /** Moves over the canvas again after its position or size changed. */
  follow(): void {
    const { offsetLeft, offsetTop, clientWidth, clientHeight } = this.canvas;
    Object.assign(this.svg.style, {
      left: `${offsetLeft}px`,
      top: `${offsetTop}px`,
      width: `${clientWidth}px`,
      height: `${clientHeight}px`,
    });
  }

  /** Shows these rings and no others. */
  showRings(rings: readonly Ring[]): void {
    const path = rings
      .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
      .map(
        ({ x, y, radius: r }) =>
          `M${(x - r).toFixed(1)} ${y.toFixed(1)}a${r.toFixed(1)} ${r.toFixed(1)} 0 1 0 ` +
          `${(2 * r).toFixed(1)} 0a${r.toFixed(1)} ${r.toFixed(1)} 0 1 0 ${(-2 * r).toFixed(1)} 0`,
      )
      .join('');
    for (const element of [this.halo, this.rings]) element.setAttribute('d', path);
  }

  /** Shows a polygon, flat CSS pixels of the canvas; undefined hides it. */
  showOutline(polygon: readonly number[] | undefined): void {
    this.follow();
    this.outline.setAttribute('points', polygon?.join(' ') ?? '');
  }

  remove(): void {
    this.svg.remove();
  }

  private add(tag: 'path' | 'polygon', attributes: Readonly<Record<string, string>>): SVGElement {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return this.svg.appendChild(element);
  }
}
