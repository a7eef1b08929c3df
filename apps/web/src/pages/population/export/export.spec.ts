import { describe, expect, it } from 'vitest';
import { toMask } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { writeCsv, writePointsCsv } from './csv-export.js';
import { escapeXml, formatSvg } from './svg-export.js';

describe('CSV', () => {
  it('writes the points that are shown, empty cells where there is no value', () => {
    const columns: Column[] = [
      { name: 'loss', kind: 'number', values: Float32Array.of(0.5, NaN, 2) },
      {
        name: 'true_class',
        kind: 'code',
        names: ['a,b', 'c'],
        missing: 255,
        values: Uint8Array.of(0, 1, 255),
      },
    ];
    expect([...writeCsv(columns, 3)].join('')).toBe('loss,true_class\r\n0.5,"a,b"\r\n,c\r\n2,\r\n');
    expect([...writeCsv(columns, 3, toMask([2], 3))].join('')).toBe('loss,true_class\r\n2,\r\n');
    expect([...writePointsCsv(columns, [2, 0])].join('')).toBe('loss,true_class\r\n2,\r\n0.5,"a,b"\r\n');
  });
});

describe('SVG', () => {
  it('carries no text as markup', () => {
    const svg = formatSvg({
      width: 100,
      height: 50,
      background: '#fff',
      ink: '#000',
      title: '<script>alert(1)</script>',
      points: { circles: [{ x: 1, y: 2.345, diameter: 4, color: '#123456', isGhost: false }] },
      labels: [{ x: 1, y: 2, text: 'a & "b"' }],
      legend: { title: 'label', entries: [{ title: '<b>', color: '#010203' }] },
    });
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).not.toContain('<script');
    expect(svg).toContain('a &amp; &quot;b&quot;');
    expect(svg).toContain('<circle cx="1" cy="2.35" r="2" fill="#123456"/>');
    expect(escapeXml('\u0001x')).toBe('x');
  });
});
