import { describe, expect, it } from 'vitest';
import { choiceField, isChoice, methodHelp, numberField } from '../../../parts/method-parameters.js';
import { madeWith, toParams, placingHelp, unusualSettings } from './map-parameters.js';
import { PROJECTIONS, TOY } from './projections.fixture.js';

const named = (key: string) => PROJECTIONS.find((method) => method.key === key)!;

describe('the settings of a map', () => {
  it('are described where they are not as usual', () => {
    expect(unusualSettings(named('tsne'), { perplexity: 50, exaggeration: 12, steps: 0 })).toBe(
      'perplexity 50',
    );
    expect(unusualSettings(named('umap'), { n_neighbors: 15, min_dist: 0.5, epochs: 1_000 })).toBe(
      'least distance 0.5, epochs 1,000',
    );
    expect(unusualSettings(named('umap'), { n_neighbors: 30, init: 'spectral' })).toBe(
      'neighbors 30, initialization spectral',
    );
    expect(unusualSettings(named('umap'), { init: 'pca' })).toBe('');
    expect(unusualSettings(named('pca'), undefined)).toBe('');
    expect(madeWith(named('umap'), { params: { n_neighbors: 15 }, seed: 7 }, true)).toBe(
      'usual settings, seed 7',
    );
    expect(madeWith(named('tsne'), { params: { perplexity: 5 }, seed: 8 }, false)).toBe('perplexity 5');
  });

  it('are sent only where they were given and are not as usual', () => {
    expect(toParams(named('tsne'), { perplexity: 50, exaggeration: 12, steps: '', n_neighbors: 3 })).toEqual({
      perplexity: 50,
    });
    expect(toParams(named('umap'), { init: 'random', epochs: '' })).toEqual({ init: 'random' });
    expect(toParams(named('umap'), { init: 'pca' })).toEqual({});
    expect(toParams(named('pacmap'), { n_neighbors: 10, mid_ratio: 0 })).toEqual({ mid_ratio: 0 });
  });
});

describe('the form of a projection', () => {
  it('has a field for every parameter that the description has, of one that is unknown to clients', () => {
    const [scale, steps, start] = TOY.parameters;
    expect(TOY.parameters.map(isChoice)).toEqual([false, false, true]);
    expect(numberField(scale!)).toEqual({
      label: 'Scale',
      description: 'Factor on every coordinate.',
      min: -1,
      max: 9,
      step: 1,
      allowDecimal: true,
      allowNegative: true,
      placeholder: '2',
      initial: 2,
    });
    expect(numberField(steps!)).toMatchObject({
      allowDecimal: false,
      allowNegative: false,
      placeholder: '50, or 20 from a map',
      initial: '',
    });
    expect(choiceField(start!)).toEqual({
      label: 'Start',
      description: 'Where it starts.',
      data: [
        { value: 'left', label: 'at the left' },
        { value: 'right', label: 'at the right' },
      ],
      initial: 'left',
    });
    expect(methodHelp(TOY)).toBe('Toy takes the first coordinates (Doe 2030).');
    expect(placingHelp(TOY)).toBe('Toy places by coordinates.');
    expect(toParams(TOY, { scale: 3, steps: '', start: 'right', other: 1 })).toEqual({
      scale: 3,
      start: 'right',
    });
    expect(madeWith(TOY, { params: { scale: 3, start: 'right' }, seed: 1 }, false)).toBe(
      'scale 3, start right',
    );
  });

  it('has a help of one sentence or more for every projection of the platform', () => {
    for (const method of PROJECTIONS)
      for (const help of [methodHelp(method), placingHelp(method)]) expect(help, method.key).toMatch(/\.$/);
    expect(methodHelp(named('umap'))).toBe(
      'UMAP keeps neighbors together and clusters apart; a good first look (McInnes et al. 2018).',
    );
  });

  it('is empty while the platform does not list the projection', () => {
    expect([methodHelp(undefined), placingHelp(undefined), toParams(undefined, { scale: 1 })]).toEqual([
      '',
      '',
      {},
    ]);
  });
});
