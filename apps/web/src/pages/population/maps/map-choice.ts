import { parseInteger } from '../../../parts/address/address-values.js';
import { part, plain } from '../../../parts/address/address-text.js';

/** Which map: of which epoch (0 for the last), space, algorithm and dimensions. */
export interface MapChoice {
  readonly epoch: number;
  readonly space: string;
  /** Key of the algorithm. */
  readonly algorithm: string;
  readonly dimensions: 2 | 3;
}

/** The key of a method in an address; `undefined` for a text that is not a key. */
export const parseMethodKey = (text: string): string | undefined =>
  /^[a-z0-9][a-z0-9-]{0,63}$/.test(text) ? text : undefined;

export const parseDimensions = (text: string): 2 | 3 | undefined =>
  text === '2' ? 2 : text === '3' ? 3 : undefined;

/** The text of a map in an address: `3,layer%2Fconv2,umap,2`. */
export const formatMapChoice = ({ epoch, space, algorithm, dimensions }: MapChoice): string =>
  [epoch, part(space), algorithm, dimensions].join(',');

/** The map of such a text; `undefined` when it names none. */
export function parseMapChoice(text: string): MapChoice | undefined {
  const [epochText = '', spaceText = '', algorithmText = '', dimensionsText = '', ...more] = text.split(',');
  const epoch = parseInteger(epochText);
  const space = plain(spaceText);
  const algorithm = parseMethodKey(algorithmText);
  const dimensions = parseDimensions(dimensionsText);
  return epoch === undefined ||
    !space ||
    algorithm === undefined ||
    dimensions === undefined ||
    more.length > 0
    ? undefined
    : { epoch, space, algorithm, dimensions };
}
