import { useEffect } from 'react';

/**
 * Names the browser's tab after what the page shows, most special first: `useTitle('Population',
 * run.displayName)`; empty and missing parts are left out.
 */
export function useTitle(...parts: readonly (string | undefined)[]): void {
  const title = [...parts.filter((part) => part !== undefined && part !== ''), 'Noema'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
