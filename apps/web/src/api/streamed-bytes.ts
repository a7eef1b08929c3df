/** An answer of a stream of bytes: one piece, or something else. */
export interface BytesAnswer {
  readonly body?: { readonly data: Uint8Array } | undefined;
}

/** Yields the pieces of a stream of bytes. Throws the fault of the API. */
export async function* readPieces(answers: AsyncIterable<BytesAnswer>): AsyncGenerator<Uint8Array> {
  for await (const { body } of answers) if (body !== undefined) yield body.data;
}

/** Reads a stream of bytes to its end as a file of a media type. Throws the fault of the API. */
export async function readBlob(answers: AsyncIterable<BytesAnswer>, type?: string): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of readPieces(answers)) pieces.push(Uint8Array.from(piece));
  return new Blob(pieces, type === undefined ? {} : { type });
}

/** Reads a stream of bytes to its end. Throws the fault of the API. */
export async function readBytes(answers: AsyncIterable<BytesAnswer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await readBlob(answers)).arrayBuffer());
}
