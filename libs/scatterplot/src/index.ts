export type { Camera, Point3, Scatterplot, ScatterplotEvents, ScatterplotOptions } from './scatterplot.js';
