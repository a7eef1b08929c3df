import { DomainError } from '@noema/kernel/domain-error';
import { skipToken, useQuery } from '@tanstack/react-query';

/** A sheet of pictures that the browser has decoded and keeps. */
export interface LoadedSheet {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** Loads a sheet of pictures once for all its tiles; a sheet that cannot be had is not asked for again while it is shown. */
export const useVisualSheet = (url: string | undefined) => useQuery({
  queryKey: ['visualSheet', url],
  queryFn: url === undefined ? skipToken : () => loadSheet(url),
  staleTime: Infinity,
  retryOnMount: false,
});

async function loadSheet(url: string): Promise<LoadedSheet> {
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
  } catch (error) {
    throw new DomainError('not-found', 'SHEET_NOT_FOUND', `the pictures at ${url} cannot be shown; each is asked for alone`, { cause: error });
  }
  return { url, width: picture.naturalWidth, height: picture.naturalHeight };
}
