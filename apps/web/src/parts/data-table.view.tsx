import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface DataTable {
  /** Smallest width in pixels; below it the table scrolls sideways. */
  minWidth: number;
  /** Height in pixels from which on it scrolls under its head. */
  maxHeight?: number;
  /** True where columns keep their widths, whatever is in them. */
  fixed?: boolean;
  /** True while it shows what is being replaced. */
  stale?: boolean;
  spacing?: number | 'xs' | 'sm';
  /** Space between columns. */
  horizontal?: number | 'md';
  /**
   * The subject of the list, where nothing in it can be focused: then it takes the focus itself, to be
   * scrolled by keyboard.
   */
  label?: string;
  children: ReactNode;
}

/** A table of data that fills its frame to the edges, dense, its head always in sight. */
export function DataTableView({
  minWidth,
  maxHeight,
  fixed = false,
  stale = false,
  spacing = 7,
  horizontal = 'md',
  label,
  children,
}: DataTable) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      type="native"
      // Texts for screen readers lie in it and do not widen the page.
      pos="relative"
      {...(label === undefined ? {} : { tabIndex: 0, role: 'region', 'aria-label': label })}
      {...(maxHeight === undefined ? {} : { maxHeight })}
    >
      <Table
        stickyHeader
        highlightOnHover
        horizontalSpacing={horizontal}
        verticalSpacing={spacing}
        fz="sm"
        {...(fixed ? { layout: 'fixed' as const } : {})}
        aria-busy={stale}
        style={{ opacity: stale ? 0.6 : 1 }}
      >
        {children}
      </Table>
    </Table.ScrollContainer>
  );
}
