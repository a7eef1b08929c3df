import { describe, expect, it } from 'vitest';
import { decodeState, encodeState, INITIAL, type PopulationState } from './population.state.js';

const full: PopulationState = {
  map: { epoch: 3, space: 'layer/conv2', algorithm: 'tsne', dimensions: 3 },
  made: '01890a5d-ac96-774b-bcce-b302099a8006',
  placed: '01890a5d-ac96-774b-bcce-b302099a8010',
  beside: { epoch: 5, space: 'a, "b"', algorithm: 'pca', dimensions: 2 },
  linked: false,
  versus: { side: 'b', runId: '01890a5d-ac96-774b-bcce-b302099a8011', epoch: 7 },
  output: 'corner, "left"',
  color: 'metadata.ink',
  size: 'none',
  scale: 'log',
  palette: 'cividis',
  tints: { true_class: { '4': '#ff0000', 'a,b=c': '#00ff00' } },
  filters: [
    { kind: 'codes', column: 'true_class', names: ['4', 'x,y', '~', null] },
    { kind: 'range', column: 'metadata.a:b', low: -1.5e-7, high: 2.25, missing: true },
    { kind: 'rows', column: 'rows', rows: 'slice:01-ab' },
  ],
  search: 'mnist <script>',
  selection: 'dAbc-_',
  row: 12,
  like: [1, 2, 3],
  weigh: 'conv%3A1:0.5,dense:1',
  camera: { x: 0.5, y: -2, z: 1, zoom: 3.25, azimuth: 0.1, elevation: -0.2 },
  density: true,
  labels: false,
  pictures: 'worst',
  samples: 'selected',
  order: 'metadata.ink',
  galleryPx: 120,
  left: false,
  right: false,
};

describe('the address of a view', () => {
  it('gives back all of it', () => {
    const { state, notices } = decodeState(new URLSearchParams(encodeState(full).toString()));
    expect(state).toEqual(full);
    expect(notices).toEqual([]);
  });

  it('carries a version, also one that is not chosen yet, and refuses a text that names no version', () => {
    const read = (text: string) => decodeState(new URLSearchParams(text));
    const unchosen = { side: 'a', runId: '', epoch: 0 } as const;
    expect(encodeState({ ...INITIAL, versus: unchosen }).toString()).toBe('a=none&color=loss');
    expect(read('a=none').state.versus).toEqual(unchosen);
    expect(read('a=01-ab')).toMatchObject({ state: { versus: undefined }, notices: ['a=01-ab'] });
  });

  it('colors a comparison by its changes, unless it names a color', () => {
    const read = (text: string) => decodeState(new URLSearchParams(text)).state.color;
    expect([read('a=none'), read('b=none&color=loss'), read('')]).toEqual(['change', 'loss', 'loss']);
  });

  it('is empty at the beginning', () => {
    expect(encodeState(INITIAL).toString()).toBe('');
    expect(decodeState(new URLSearchParams()).state).toEqual(INITIAL);
  });

  it('keeps an empty list of names, which shows nothing', () => {
    const none: PopulationState = { ...INITIAL, filters: [{ kind: 'codes', column: 'split', names: [] }] };
    expect(decodeState(encodeState(none)).state).toEqual(none);
  });

  it('falls back where it is not understood, and says where', () => {
    const { state, notices } = decodeState(
      new URLSearchParams(
        'epoch=x&algo=Magic!&dim=4&palette=jet&range=loss:1&sel=!!&cam=1,2&in=%25&tint=a:b=red&' +
          'beside=1,all&weigh=2&map=../x&placed=a%20b',
      ),
    );
    expect(state).toEqual(INITIAL);
    expect(notices).toEqual(
      [
        'map=../x',
        'placed=a b',
        'weigh=2',
        'beside=1,all',
        'epoch=x',
        'algo=Magic!',
        'dim=4',
        'palette=jet',
        'tint=a:b=red',
        'in=%',
        'range=loss:1',
        'sel=!!',
        'cam=1,2',
      ].sort((a, b) => notices.indexOf(a) - notices.indexOf(b)),
    );
    expect(notices).toHaveLength(13);
  });
});
