import { Box } from '@mantine/core';
import type { ReactNode } from 'react';

/** The room of a page that reads from top to bottom. */
export function PageView({ children }: { children: ReactNode }) {
  return (
    <Box px={{ base: 'md', lg: 'xl' }} py="lg" maw={1800} mx="auto">
      {children}
    </Box>
  );
}
