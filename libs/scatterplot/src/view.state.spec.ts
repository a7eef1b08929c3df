import { describe, expect, it } from 'vitest';
import { panned } from './camera.js';
import type { Frame } from './frame.js';
import { projectPlace } from './projection.js';
import { ViewState } from './view.state.js';

const frame = (half: number, x = 0): Frame => ({
  center: { x, y: 0, z: 0 },
  half: { x: half, y: half, z: 0 },
});

function makeView(half: number): ViewState {
  const view = new ViewState(2);
  view.size = { width: 400, height: 400 };
  view.grow(frame(half), 0, 300);
  return view;
}

const at = (view: ViewState, x: number): number => projectPlace(view.projection, { x, y: 0, z: 0 }).x;

describe('the view', () => {
  it('shows the first points at once and goes on to show all that come', () => {
    const view = makeView(1);
    expect(view.camera.zoom).toBe(1);
    view.grow(frame(2), 0, 300);
    expect(at(view, 1)).toBeCloseTo(384, 6);
    view.advance(1000);
    expect(at(view, 2)).toBeCloseTo(384, 6);
    expect(view.moving).toBe(false);
  });

  it('holds still while parts come that it shows well, and goes on at once for more', () => {
    const view = makeView(1);
    view.extend(frame(1.02));
    expect(at(view, 1)).toBeCloseTo(384, 6);
    view.extend(frame(2));
    expect([at(view, 2), view.moving]).toEqual([expect.closeTo(384, 6), false]);
  });

  it('stays where the user looks when points come or move', () => {
    const view = makeView(1);
    expect(view.isFitted).toBe(true);
    view.steer(panned(view.camera, view.projection, 50, 0));
    expect(view.isFitted).toBe(false);
    const before = at(view, 1);
    view.grow(frame(3), 0, 300);
    view.follow(frame(9), 0, 300);
    expect(at(view, 1)).toBeCloseTo(before, 9);
    view.fit(frame(9), 0, 0);
    expect(view.isFitted).toBe(true);
  });

  it('holds still when moved points still fill it, and its numbers equal the numbers of a view made now', () => {
    const view = makeView(1);
    view.follow(frame(0.9), 0, 300);
    expect(at(view, 1)).toBeCloseTo(384, 9);
    expect(view.camera.zoom).toBeCloseTo(0.9, 9);
    view.follow(frame(2), 0, 300);
    view.advance(1000);
    expect(at(view, 2)).toBeCloseTo(384, 6);
  });

  it('keeps the numbers of a link while points come', () => {
    const view = new ViewState(2);
    view.size = { width: 400, height: 400 };
    const camera = { center: { x: 0.5, y: 0, z: 0 }, zoom: 3, azimuth: 0, elevation: 0 };
    view.set(camera);
    view.grow(frame(1), 0, 300);
    view.grow(frame(2), 0, 300);
    expect(view.camera).toEqual(camera);
  });

  it('brings a single point near and a group into view', () => {
    const view = makeView(10);
    view.show({ center: { x: 4, y: 0, z: 0 }, half: { x: 0, y: 0, z: 0 } }, 12, 0, 0);
    view.advance(1);
    expect(view.camera).toMatchObject({ zoom: 12, center: { x: 4 } });
    view.show(frame(5), 12, 0, 0);
    view.advance(1);
    expect(view.camera.zoom).toBeCloseTo(1.6, 9);
  });
});
