import { describe, expect, it } from 'vitest';
import { type Field, type FieldProfile, type Row } from '../records.js';
import { profileCells } from '../row-records.js';
import { assignRoles, isClass, type Role } from './roles.js';

const profiles = (fields: Record<string, Field['kind']>, rows: readonly Row[]): FieldProfile[] =>
  Object.entries(fields).map(([name, kind]) => {
    const whole = kind === 'number' && rows.every((row) => Number.isInteger(row[name] ?? 0));
    return profileCells({ name, kind, whole }, rows.length, (index) => rows[index]![name] ?? null);
  });
const rows = Array.from({ length: 100 }, (_, i) => ({
  id: i,
  age: 20 + (i % 40),
  city: ['Bern', 'Ulm', 'Graz'][i % 3]!,
  label: i % 2,
  constant: 1,
  split: i < 80 ? 'train' : 'val',
}));
const table = profiles(
  { id: 'number', age: 'number', city: 'text', label: 'number', constant: 'number', split: 'text' },
  rows,
);

describe('roles of columns', () => {
  it('follow from names and values', () => {
    const { of } = assignRoles(table, 100);
    expect(Object.fromEntries(of)).toEqual({
      id: 'id',
      age: 'input',
      city: 'input',
      label: 'truth',
      constant: 'ignored',
      split: 'split',
    });
  });

  it('take a column with the name of a group for one where enough of its values repeat', () => {
    const find = (name: string, groups: number) => {
      const people = rows.map((row, i) => ({ ...row, [name]: `p${i % groups}` }));
      return assignRoles(profiles({ [name]: 'text', age: 'number' }, people), 100).of.get(name);
    };
    expect([find('patient_id', 25), find('Person', 40), find('subject no', 20)]).toEqual(
      Array(3).fill('group'),
    );
    expect(find('patient_id', 100)).toBe('id');
    expect(find('patient_id', 5)).toBe('input');
    expect(find('patience', 25)).toBe('input');
  });

  it('take the chosen ground truth, or none', () => {
    expect(assignRoles(table, 100, 'city').of.get('city')).toBe('truth');
    expect([...assignRoles(table, 100, '').of.values()]).not.toContain('truth');
  });

  it('report that no column has the name of a ground truth', () => {
    const { of, notes } = assignRoles(
      table.filter(({ field }) => field.name !== 'label'),
      100,
    );
    expect([...of.values()]).not.toContain('truth');
    expect(notes.join()).toMatch(/get none; --truth "city"/);
  });

  it('report that the column with the name of a ground truth has one value', () => {
    const one = rows.map((row) => ({ ...row, label: 1 }));
    const { of, notes } = assignRoles(profiles({ age: 'number', label: 'number' }, one), 100);
    expect([...of.values()]).not.toContain('truth');
    expect(notes[0]).toMatch(/^"label" has one value, so that .* --truth "label" takes it still/);
  });

  it('name columns without different values in one sentence for all', () => {
    const pixels = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`pixel ${i}`, 0]));
    const flat = rows.map((row) => ({ ...row, ...pixels, note: null }));
    const kinds = Object.fromEntries(Object.keys(pixels).map((name) => [name, 'number' as const]));
    const { of, notes } = assignRoles(profiles({ age: 'number', note: 'text', ...kinds }, flat), 100);
    expect(of.get('pixel 6')).toBe('ignored');
    expect(notes.filter((note) => note.includes('left out'))).toEqual([
      '"note" has no value and is left out',
      '"pixel 0", "pixel 1", "pixel 2", "pixel 3", "pixel 4" and 2 more have one value and are left out',
    ]);
  });

  it('do not take a column named "id" with equal values for the id', () => {
    const twice = rows.map((row) => ({ ...row, id: 1 + (row.id % 50) }));
    expect(assignRoles(profiles({ id: 'number', age: 'number' }, twice), 100).of.get('id')).toBe('input');
  });

  it('keep numbers as metadata where there is prose', () => {
    const texts = rows.map((row) => ({ ...row, review: `a text of many words, number ${row.id}` }));
    const { of } = assignRoles(profiles({ review: 'text', age: 'number', label: 'number' }, texts), 100);
    expect(Object.fromEntries(of)).toEqual({ review: 'input', age: 'metadata', label: 'truth' });
  });

  it('take whole numbers for classes only where there are few, or where the name marks it', () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ count: i % 200, label: i % 200, part: i / 7 }));
    const [count, label, part] = profiles({ count: 'number', label: 'number', part: 'number' }, many);
    expect([count, label, part].map((profile) => isClass(profile!))).toEqual([false, true, false]);
  });
});

describe('roles that are given', () => {
  it('hold, and other columns get theirs by name and values', () => {
    const { of } = assignRoles(table, 100, undefined, { city: 'truth', id: 'ignored' });
    expect(Object.fromEntries(of)).toMatchObject({
      id: 'ignored',
      city: 'truth',
      label: 'input',
      split: 'split',
    });
  });

  it.each<[Readonly<Record<string, Role>>, RegExp]>([
    [
      { city: 'id' },
      /"city" cannot be "id": its values allow input, truth, metadata, group, ignored \(3: Bern, /,
    ],
    [{ age: 'split' }, /"age" cannot be "split"/],
    [{ city: 'group', label: 'group' }, /"label" has this role already, and|"city" has this role already/],
    [{ age: 'visual' }, /"age" cannot be "visual": its values allow input, truth, metadata, group, ignored/],
    [{ city: 'truth', label: 'truth' }, /"label" has this role already/],
    [{ town: 'input' }, /no column "town"/],
  ])('are refused where values do not allow them: %j', (given, message) => {
    expect(() => assignRoles(table, 100, undefined, given)).toThrow(message);
  });
});
