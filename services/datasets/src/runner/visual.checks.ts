import * as z from 'zod';
import { answerInvalid } from './frame.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const IHDR = 16;
const MAX_PIXELS = 2 ** 24;
const MAX_JSON_BYTES = 2 ** 22;
const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const FORMS: Readonly<Record<string, z.ZodType>> = {
  'application/vnd.noema.series+json': z.strictObject({
    series: z.record(z.string().max(200), z.array(z.number().nullable())),
  }),
  'application/vnd.noema.tokens+json': z.strictObject({ tokens: z.array(z.string()) }),
  'application/vnd.noema.table+json': z.strictObject({
    columns: z.array(z.string()),
    rows: z.array(z.array(cell)),
  }),
};

/**
 * The visual as it may be stored under its media type. Throws `invalid` INTEGRATION_ANSWER_INVALID for what
 * is not of that type.
 */
export function requireVisual(
  blob: Buffer | null,
  mediaType: string,
  refuse: (what: string) => Error = answerInvalid,
): Buffer {
  if (blob === null) throw refuse('no picture where one should be');
  if (mediaType === 'image/png') requirePng(blob, refuse);
  const form = FORMS[mediaType];
  if (form !== undefined) requireJson(blob, form, mediaType, refuse);
  return blob;
}

function requirePng(blob: Buffer, refuse: (what: string) => Error): void {
  const known =
    blob.length > IHDR + 8 && blob.subarray(0, 8).equals(PNG) && blob.toString('latin1', 12, 16) === 'IHDR';
  const [width, height] = known ? [blob.readUInt32BE(IHDR), blob.readUInt32BE(IHDR + 4)] : [0, 0];
  if (width === 0 || height === 0 || width * height > MAX_PIXELS)
    throw refuse('a picture that is no PNG of at most 16 megapixels');
}

function requireJson(
  blob: Buffer,
  form: z.ZodType,
  mediaType: string,
  refuse: (what: string) => Error,
): void {
  if (blob.length > MAX_JSON_BYTES)
    throw refuse(`${blob.length} bytes of ${mediaType}; at most ${MAX_JSON_BYTES} are kept`);
  try {
    if (form.safeParse(JSON.parse(blob.toString('utf8'))).success) return;
  } catch {
    /* said below */
  }
  throw refuse(`what is no ${mediaType}`);
}
