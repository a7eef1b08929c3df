import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { drawAnalysis } from '../pictures/analysis.picture.js';
import { drawMap } from '../pictures/map.picture.js';
import { rasterMap } from '../pictures/map.raster.js';
import { drawSimilar } from '../pictures/similar.picture.js';
import type { Population } from '../population/population.js';
import { writeEach } from '../population/write-each.js';
import type { WorstMisclassified } from './analysis.step.js';
import { findAddress, type SimilarSamples } from './similar.step.js';
import type { WalkContext } from './walk-context.js';

export interface PictureInputs {
  readonly population: Population;
  readonly exploration: Exploration;
  readonly worst: WorstMisclassified;
  readonly similar: SimilarSamples;
}

/** Draws the explanations into the directory and returns the names of the files. */
export async function drawPictures(
  context: WalkContext,
  inputs: PictureInputs,
  directory: string,
): Promise<string[]> {
  const [analysis, similar] = await Promise.all([
    analysisPicture(context, inputs),
    similarPicture(context, inputs),
  ]);
  return writeEach(directory, { 'worst-misclassified.svg': () => analysis, 'similar.svg': () => similar });
}

/** Draws the map into the directory and returns the names of the files. */
export async function drawMaps(
  { population, exploration }: Pick<PictureInputs, 'population' | 'exploration'>,
  directory: string,
): Promise<string[]> {
  const { trust } = exploration;
  const title = `How the network sees ${population.samples.length.toLocaleString('en')} digits`;
  const footer =
    `trustworthiness ${three(trust?.trustworthiness)} · continuity ${three(trust?.continuity)} · kNN ` +
    `overlap@15 ${three(trust?.knnOverlap)} · neighbors with the same label ` +
    `${three(trust?.labelAgreementMap)}`;
  const data = population;
  return writeEach(directory, {
    'map-loss.svg': () =>
      drawMap({
        data,
        colorBy: 'loss',
        title,
        below: `after epoch ${exploration.epoch}; color and size are the loss`,
        footer,
      }),
    'map-label.svg': () =>
      drawMap({
        data,
        colorBy: 'label',
        title,
        below: `after epoch ${exploration.epoch}; color is the label, size the loss`,
        footer,
      }),
    'map-loss.png': () => rasterMap(data, 'loss'),
    'map-label.png': () => rasterMap(data, 'label'),
  });
}

async function analysisPicture(
  context: WalkContext,
  { population, exploration, worst }: PictureInputs,
): Promise<string> {
  const { analysis, figures, maps } = worst;
  const probability = (index: number): string =>
    `${((analysis.scores.find((s) => s.classIndex === index)?.probability ?? 0) * 100).toFixed(1)} %`;
  const scores = ({ faithfulness }: typeof maps.truth): string[] =>
    faithfulness === undefined
      ? []
      : [
          `deletion ${three(faithfulness.deletion)} (random ${three(faithfulness.randomDeletion)})`,
          `insertion ${three(faithfulness.insertion)} (random ${three(faithfulness.randomInsertion)})`,
        ];
  const heat = async (map: typeof maps.truth): Promise<Uint8Array> =>
    (await context.noema.analyses.getHeatMap({ analysisId: analysis.id, heatMapId: map.id })).body!.data;
  return drawAnalysis({
    title: `A ${figures.label} that was predicted as a ${figures.prediction}`,
    below: `${figures.sample}, the digit that the network is most wrong about after epoch ${exploration.epoch}`,
    panels: [
      {
        png: await visual(context, exploration, population, worst.row),
        title: 'The digit',
        lines: [`loss ${analysis.loss.toFixed(2)}`],
      },
      {
        png: await heat(maps.truth),
        title: `Evidence for ${figures.label}, its label`,
        lines: [`probability ${probability(analysis.trueClass)}`, ...scores(maps.truth)],
      },
      {
        png: await heat(maps.predicted),
        title: `Evidence for ${figures.prediction}, its prediction`,
        lines: [`probability ${probability(analysis.predictedClass)}`, ...scores(maps.predicted)],
      },
      { png: await heat(maps.loss), title: 'What raises the loss', lines: ['red raises it, blue lowers it'] },
    ],
    scores: analysis.scores.map((s) => ({
      name: s.className,
      index: s.classIndex,
      probability: s.probability,
    })),
  });
}

async function similarPicture(
  context: WalkContext,
  { population, exploration, similar }: PictureInputs,
): Promise<string> {
  const { noema } = context;
  const id = similar.shared.id;
  const heat = async (heatMapId: string | undefined): Promise<Uint8Array | undefined> =>
    heatMapId === undefined
      ? undefined
      : (await noema.similarityAnalyses.getSharedAreaHeatMap({ similarityAnalysisId: id, heatMapId })).body!
          .data;
  const label = population.label[similar.row]!;
  const panels = await Promise.all(
    similar.similar.map(async ({ row, distance }) => {
      const area = similar.shared.areas.find((a) => a.row === row);
      return {
        png: (await heat(area?.sampleHeatMap?.id)) ?? (await visual(context, exploration, population, row)),
        label: population.classNames[population.label[row]!] ?? '',
        sameLabel: population.label[row] === label,
        distance,
      };
    }),
  );
  return drawSimilar({
    title: `Digits that look alike to the network`,
    below:
      `the ${panels.length} nearest of ${population.samples.length.toLocaleString('en')} in perception ` +
      'space, nearest first, with the area that each shares with the query; numbers are distances',
    query: {
      png: await visual(context, exploration, population, similar.row),
      heatPng: await heat(similar.shared.areas[0]?.queryHeatMap?.id),
      label: population.classNames[label] ?? '',
    },
    similar: panels,
  });
}

async function visual(
  { noema }: WalkContext,
  { datasetVersionId }: Exploration,
  population: Population,
  row: number,
): Promise<Uint8Array> {
  return (
    await noema.samples.getSampleVisual({
      datasetVersionId,
      ...findAddress(population, row),
      visualizer: 'default',
    })
  ).body!.data;
}

const three = (value: number | undefined): string => (value ?? 0).toFixed(3);
