import { describe, expect, it } from 'vitest';
import {
  bytes,
  counted,
  digits,
  duration,
  fixed,
  metricTick,
  metricValue,
  percent,
  shape,
  signed,
  value,
} from './numbers.js';

describe('numbers for people', () => {
  it('keeps four digits and turns to powers of ten at the ends', () => {
    expect([
      value(0.074_261_6),
      value(1_234_567),
      value(1_234_567.8),
      value(-0),
      value(3.21e-7),
      value(-4e12),
    ]).toEqual(['0.07426', '1,234,567', '1,235,000', '0', '3.21E−7', '−4E12']);
    expect([value(-42.66), fixed(-0.2), fixed(1.26, 1)]).toEqual(['−42.66', '−0.20', '1.3']);
  });

  it('gives numbers next to each other the same digits', () => {
    expect([digits(0.19, 3), digits(0.1891, 3), digits(12_345, 3), digits(0, 3), digits(1.9e-7, 3)]).toEqual([
      '0.190',
      '0.189',
      '12,300',
      '0',
      '1.9E−7',
    ]);
    expect([signed(0.6), signed(-0.833), signed(0)]).toEqual(['+0.60', '−0.83', '0']);
  });

  it('names what is no number and what is not there', () => {
    expect([value(NaN), value(Infinity), value(undefined), percent(NaN), percent(undefined)]).toEqual([
      'NaN',
      '∞',
      '–',
      'NaN',
      '–',
    ]);
  });

  it('shows shares as percent and other metrics as numbers', () => {
    expect([metricValue('accuracy', 0.976), metricValue('mean_absolute_error', 0.976)]).toEqual([
      '97.60%',
      '0.976',
    ]);
  });

  it('marks axes without needless zeros', () => {
    expect([metricTick('accuracy', 0.98), metricTick('accuracy', 0.985), metricTick('loss', 0.5)]).toEqual([
      '98%',
      '98.5%',
      '0.5',
    ]);
  });

  it('picks the unit of a time span so that it stays short', () => {
    expect([0, 840, 7_194, 59_960, 185_000, 8_040_000, 273_600_000, -1].map(duration)).toEqual([
      '0 ms',
      '840 ms',
      '7.2 s',
      '1 min 00 s',
      '3 min 05 s',
      '2 h 14 min',
      '3 d 4 h',
      '–',
    ]);
  });

  it('formats sizes, shapes and counts', () => {
    expect([bytes(0), bytes(900_136), bytes(2_700_796)]).toEqual(['0 B', '900 kB', '2.7 MB']);
    expect([shape([28, 28, 1]), shape([-1, 64]), shape([])]).toEqual(['28 × 28 × 1', '? × 64', 'scalar']);
    expect([counted(1, 'epoch'), counted(2_000, 'epoch'), counted(2, 'class', 'classes')]).toEqual([
      '1 epoch',
      '2,000 epochs',
      '2 classes',
    ]);
  });
});
