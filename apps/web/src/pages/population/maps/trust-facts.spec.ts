import { create } from '@bufbuild/protobuf';
import { TrustNumbersSchema } from '@noema/contracts/noema/projection/v1/exploration';
import { expect, it } from 'vitest';
import { trustFacts } from './trust-facts.js';

const measured = {
  k: 15,
  trustworthiness: 0.981,
  continuity: 0.975,
  knnOverlap: 0.3,
  labelAgreementMap: 0.97,
  labelAgreementVectors: 0.973,
  randomTripletAccuracy: 0.72,
  distanceCorrelation: 0.418,
  rankedPoints: 10_000,
};
const facts = (more: object = {}, hasLabels = true) =>
  trustFacts(create(TrustNumbersSchema, { ...measured, ...more }), hasLabels);

it('reports what is near, what is far, and of labels only where there are some', () => {
  expect(facts().map(({ name, value }) => `${name} ${value}`)).toEqual([
    'Trustworthiness 98.10%',
    'Continuity 97.50%',
    'Common neighbors 30.00%',
    'Random triplets 72.00%',
    'Distance correlation 0.42',
    'Same label nearby 97.00%',
  ]);
  expect(facts({}, false).map(({ name }) => name)).not.toContain('Same label nearby');
  expect(facts({ rankedPoints: 0 }).map(({ name }) => name)).toEqual([
    'Trustworthiness',
    'Continuity',
    'Common neighbors',
    'Same label nearby',
  ]);
});

it('explains each in one sentence, and in a second what a sample leaves open', () => {
  const sentences = (text: string): number =>
    text
      .replaceAll('et al. ', '')
      .split(/[.?!](?= |$)/)
      .filter((part) => part.trim() !== '').length;
  expect(facts().map(({ help }) => sentences(help))).toEqual([1, 1, 1, 1, 1, 1]);
  const sampled = facts({
    trustworthinessInterval: 0.0012,
    continuityInterval: 0.00004,
    randomTripletInterval: 0.003,
    distanceCorrelationInterval: 0.0051,
  });
  expect(sampled.map(({ interval }) => interval)).toEqual(['± 0.12', '± 0.004', '', '± 0.30', '± 0.005', '']);
  expect(sampled.map(({ help }) => sentences(help))).toEqual([2, 2, 1, 2, 2, 1]);
});

it('keeps its places while a map is not known', () => {
  expect(trustFacts(undefined, true).map(({ value, share }) => [value, share])).toEqual(
    Array.from({ length: 6 }, () => ['–', 0]),
  );
});

it('gives a correlation below nothing a bar of no length', () => {
  expect(
    facts({ distanceCorrelation: -0.2 }).find(({ name }) => name === 'Distance correlation'),
  ).toMatchObject({ value: '−0.20', share: 0 });
});
