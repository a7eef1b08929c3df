/** A rectangle on the axes; x and y are corners, in positions of groups or numbers. */
export interface Rectangle {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly fill: string;
  /** The first of the texts that fits is written, from the longest one to the shortest; none where none fits. */
  readonly label?: { readonly texts: readonly string[]; readonly fill: string } | undefined;
  readonly mark: number;
  /** A line along y, such as an interval. */
  readonly whisker?: { readonly low: number; readonly high: number; readonly stroke: string } | undefined;
}

/** Coordinates that ECharts gives to the renderer of an item. */
interface ItemApi {
  readonly coord: (point: readonly [number, number]) => readonly [number, number];
  readonly size: (span: readonly [number, number]) => readonly [number, number];
}

/** Height of a text in a cell, and width of one of its characters, in pixels. */
const [LINE_HEIGHT, CHARACTER_WIDTH] = [15, 7];

/** Axes whose positions are groups; the other ones have numbers. */
export interface GroupAxes {
  readonly x: boolean;
  readonly y: boolean;
}

/**
 * A series of rectangles with `gap` pixels between them. A group of an axis has a whole position in its middle, and
 * its ends half a position away.
 */
export function rectangleSeries(rectangles: readonly Rectangle[], groups: GroupAxes, gap = 0) {
  return {
    type: 'custom',
    clip: true,
    data: rectangles.map(({ x, y, mark, whisker }) => ({
      value: [x[0], x[1], y[0], y[1], whisker?.low ?? y[0], whisker?.high ?? y[1]],
      mark,
    })),
    encode: { x: [0, 1], y: [2, 3, 4, 5] },
    renderItem: ({ dataIndex }: { dataIndex: number }, api: ItemApi) => {
      const { x, y, fill, label, whisker } = rectangles[dataIndex]!;
      const at = corner(api, groups, [findMiddle(x), findMiddle(y)]);
      const [left, top] = at(x[0], y[1]);
      const [right, bottom] = at(x[1], y[0]);
      const shape = {
        x: Math.min(left, right) + gap / 2,
        y: Math.min(top, bottom) + gap / 2,
        width: Math.max(0.5, Math.abs(right - left) - gap),
        height: Math.max(0.5, Math.abs(bottom - top) - gap),
      };
      const text = label?.texts.find(
        ({ length }) => shape.height >= LINE_HEIGHT && shape.width >= CHARACTER_WIDTH * length + 4,
      );
      return {
        type: 'group',
        children: [
          { type: 'rect', shape, style: { fill } },
          ...(label === undefined || text === undefined
            ? []
            : [
                {
                  type: 'text',
                  silent: true,
                  style: {
                    text,
                    fill: label.fill,
                    x: shape.x + shape.width / 2,
                    y: shape.y + shape.height / 2,
                    align: 'center',
                    verticalAlign: 'middle',
                    fontSize: 12,
                  },
                },
              ]),
          ...(whisker === undefined ? [] : whiskerLines(shape.x + shape.width / 2, api, whisker)),
        ],
      };
    },
  };
}

/** Whole position of the group in the middle of a rectangle. */
const findMiddle = ([low, high]: readonly [number, number]): number => Math.round((low + high) / 2);

/**
 * Corners of a rectangle: `coord` knows every number, and of groups the middles alone. A corner between groups is
 * measured from the middle of its own group; groups along y have their first one on top.
 */
const corner =
  ({ coord, size }: ItemApi, groups: GroupAxes, [wholeX, wholeY]: readonly [number, number]) =>
  (x: number, y: number): readonly [number, number] => {
    const middle = coord([wholeX, wholeY]);
    const [width, height] = size([1, 1]);
    const exact = coord([x, y]);
    return [
      groups.x ? middle[0] + (x - wholeX) * width : exact[0],
      groups.y ? middle[1] + (y - wholeY) * height : exact[1],
    ];
  };

function whiskerLines(
  middle: number,
  { coord }: ItemApi,
  { low, high, stroke }: NonNullable<Rectangle['whisker']>,
) {
  const [top, bottom] = [coord([0, high])[1], coord([0, low])[1]];
  const line = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line',
    silent: true,
    shape: { x1, y1, x2, y2 },
    style: { stroke, lineWidth: 1.4 },
  });
  return [
    line(middle, top, middle, bottom),
    line(middle - 4, top, middle + 4, top),
    line(middle - 4, bottom, middle + 4, bottom),
  ];
}
