import { DomainError } from '@noema/kernel/domain-error';
import { queryOptions, skipToken, useQuery } from '@tanstack/react-query';

/** A sheet of pictures that the browser has decoded and keeps. */
export interface LoadedSheet {
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** A picture does not say why it failed: what a busy server refused is had on a later try. */
const CACHING = { staleTime: Infinity, retry: 2, retryDelay: 1_500 };

/** How a sheet of pictures is loaded, once for all its tiles, ahead of time as well. */
export const visualSheetQuery = (url: string) =>
  queryOptions({ queryKey: ['visualSheet', url], queryFn: () => loadSheet(url), ...CACHING });

/** A sheet of pictures; one that cannot be had is not requested again while it is shown. */
export const useVisualSheet = (url: string | undefined) =>
  useQuery({
    queryKey: ['visualSheet', url],
    queryFn: url === undefined ? skipToken : () => loadSheet(url),
    ...CACHING,
    retryOnMount: false,
  });

async function loadSheet(url: string): Promise<LoadedSheet> {
  const picture = new Image();
  picture.src = url;
  try {
    await picture.decode();
  } catch (error) {
    throw new DomainError(
      'not-found',
      'SHEET_NOT_FOUND',
      `the pictures at ${url} cannot be shown; each is requested alone`,
      { cause: error },
    );
  }
  return { url, width: picture.naturalWidth, height: picture.naturalHeight };
}
