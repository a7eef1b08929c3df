import { Button, Group, SegmentedControl, Select, Skeleton, Stack, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { formatField } from '@noema/kernel/filter-language';
import { IconChevronLeft, IconChevronRight, IconZoomExclamation } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { useAddressParams } from '../../parts/address/address-params.js';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { samples } from '../../api/clients.js';
import { toFault } from '../../api/query-client.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { parseSize } from '../../features/gallery/gallery-size.js';
import { count } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';
import { SectionView } from '../../parts/section.view.js';
import { FilterFieldView } from './filter-field.view.js';
import { SampleTableView } from './sample-table.view.js';

const SampleGalleryView = lazyPart(async () => ({
  default: (await import('./sample-gallery.view.js')).SampleGalleryView,
}));

/** Samples of a page. */
const PAGE = 25;
/** Height of the gallery, also while it loads: what is below it does not move when it comes. */
const GALLERY_PX = 620;

/** Looks through the samples of a dataset version by a filter and an order; both stand in the address. */
export function SampleBrowserView({
  version,
  runs,
  runId,
  onRun,
}: {
  version: DatasetVersion;
  runs: readonly Run[];
  runId: string | undefined;
  onRun: (runId: string) => void;
}) {
  const [params, setParams] = useAddressParams();
  const filter = params.get('filter') ?? '';
  const orderBy = params.get('order') ?? '';
  const isGrid = params.get('view') !== 'table';
  const [tokens, setTokens] = useState<readonly string[]>(['']);
  const pageToken = tokens.at(-1) ?? '';
  const page = useQuery({
    queryKey: ['sample-page', version.id, filter, orderBy, pageToken],
    placeholderData: keepPreviousData,
    staleTime: 600_000,
    // The grid needs the first page alone, for how many match and whether the filter is understood.
    queryFn: ({ signal }) =>
      samples.listSamples(
        { datasetVersionId: version.id, filter, orderBy, pageSize: PAGE, pageToken },
        { signal },
      ),
  });
  const refused = page.error !== null && toFault(page.error).kind === 'invalid' && filter !== '';
  const ask = (name: 'filter' | 'order' | 'view' | 'px', text: string): void => {
    setTokens(['']);
    setParams(
      (now) => {
        if (text === '') now.delete(name);
        else now.set(name, text);
        return now;
      },
      { replace: true },
    );
  };
  const first = (tokens.length - 1) * PAGE;
  const orders = [
    { value: '', label: 'in order of rows' },
    { value: 'class_name', label: 'by class' },
    ...version.metadataColumns.flatMap(({ name }) => [
      { value: formatField(`metadata.${name}`), label: `${plainName(name)}, rising` },
      { value: `${formatField(`metadata.${name}`)} desc`, label: `${plainName(name)}, falling` },
    ]),
  ];
  return (
    <SectionView
      title="Browse"
      flush
      note={
        page.data === undefined
          ? undefined
          : filter === ''
            ? undefined
            : `${count(page.data.totalSize)} of ${count(version.sampleCount)} match`
      }
      actions={
        <>
          {runId !== undefined && (
            <Select
              size="xs"
              w={220}
              aria-label="Run in which samples open"
              title="Run in which samples open"
              data={runs.map(({ id, displayName }) => ({ value: id, label: `open in run ${displayName}` }))}
              value={runId}
              onChange={(id) => {
                if (id !== null) onRun(id);
              }}
              allowDeselect={false}
              searchable={runs.length > 8}
            />
          )}
          <SegmentedControl
            size="xs"
            aria-label="How samples are listed"
            data={[
              { value: '', label: 'Grid' },
              { value: 'table', label: 'Table' },
            ]}
            value={isGrid ? '' : 'table'}
            onChange={(view) => {
              ask('view', view);
            }}
          />
          {!isGrid && (
            <Select
              size="xs"
              w={220}
              aria-label="Order"
              data={orders}
              value={orderBy}
              onChange={(order) => {
                ask('order', order ?? '');
              }}
              allowDeselect={false}
              searchable
            />
          )}
        </>
      }
    >
      <Stack gap="xs" pb={refused ? 'md' : 0}>
        <FilterFieldView
          filter={filter}
          version={version}
          error={refused ? page.error : null}
          onChange={(text) => {
            ask('filter', text);
          }}
        />
        {page.error !== null && !refused && (
          <Group px="md">
            <FaultView
              error={page.error}
              retry={() => {
                void page.refetch();
              }}
            />
          </Group>
        )}
        {page.data === undefined &&
          page.error === null &&
          (isGrid ? (
            <Skeleton h={GALLERY_PX} aria-busy="true" />
          ) : (
            <Stack gap={6} px="md" pb="md" aria-busy="true">
              {Array.from({ length: 8 }, (_, row) => (
                <Skeleton key={row} h={44} />
              ))}
            </Stack>
          ))}
        {page.error === null && page.data?.samples.length === 0 && (
          <EmptyView icon={<IconZoomExclamation />} title="No sample matches the filter">
            <Button
              variant="light"
              size="xs"
              onClick={() => {
                ask('filter', '');
              }}
            >
              Show all samples
            </Button>
          </EmptyView>
        )}
        {isGrid && page.error === null && page.data !== undefined && page.data.samples.length > 0 && (
          <Suspense fallback={<Skeleton h={GALLERY_PX} />}>
            <SampleGalleryView
              height={GALLERY_PX}
              version={version}
              run={runs.find(({ id }) => id === runId)}
              filter={filter}
              order={orderBy}
              onOrder={(order) => {
                ask('order', order);
              }}
              addressed={{
                size: parseSize(params.get('px') ?? ''),
                onSize: (size) => {
                  ask('px', String(size));
                },
              }}
            />
          </Suspense>
        )}
        {!isGrid && page.error === null && page.data !== undefined && page.data.samples.length > 0 && (
          <>
            <SampleTableView
              version={version}
              runId={runId}
              samples={page.data.samples}
              dimmed={page.isPlaceholderData}
            />
            <Group justify="space-between" px="md" pb="xs">
              <Text size="xs" c="dimmed" aria-live="polite">
                {count(first + 1)} to {count(first + page.data.samples.length)} of{' '}
                {count(page.data.totalSize)}
              </Text>
              <Group gap="xs">
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconChevronLeft size={14} />}
                  disabled={tokens.length === 1}
                  onClick={() => {
                    setTokens(tokens.slice(0, -1));
                  }}
                >
                  Previous
                </Button>
                <Button
                  size="xs"
                  variant="default"
                  rightSection={<IconChevronRight size={14} />}
                  disabled={page.data.nextPageToken === '' || page.isPlaceholderData}
                  onClick={() => {
                    setTokens([...tokens, page.data.nextPageToken]);
                  }}
                >
                  Next
                </Button>
              </Group>
            </Group>
          </>
        )}
      </Stack>
    </SectionView>
  );
}
