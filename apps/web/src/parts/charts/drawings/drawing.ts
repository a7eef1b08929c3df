import type { ChartMark, ChartSpec } from '../chart.js';

/** Colours and type of the page around a chart. */
export interface ChartLook {
  readonly ground: 'light' | 'dark';
  /** Lines that must stand out from every colour. */
  readonly ink: string;
  readonly text: string;
  readonly line: string;
  readonly surface: string;
  readonly font: string;
}

export interface DrawingInput {
  readonly spec: ChartSpec;
  /** Marks with finite values. */
  readonly data: readonly ChartMark[];
  readonly look: ChartLook;
  readonly width: number;
  readonly height: number;
  /** Colour of a series. */
  readonly color: (series: string) => string;
}

/** Position of a mark in a drawing: on the axes, or in pixels where there are none. */
export type MarkPlace =
  | { readonly x: number; readonly y: number; readonly shift?: number }
  | { readonly pixel: readonly [number, number] };

/** A chart as the library draws it. */
export interface Drawing {
  /** Options of ECharts; items that can be picked carry `mark`, the position in `data`. */
  readonly option: Readonly<Record<string, unknown>>;
  /** `shift` moves it by a share of the width of a group. */
  readonly place: (mark: number) => MarkPlace;
  /** Whether the pointer chooses the nearest mark instead of the one below it. */
  readonly picksNearest: boolean;
}

export type DrawChart = (input: DrawingInput) => Drawing;
