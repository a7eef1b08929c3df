import { Command } from 'commander';
import type { ArtifactReport } from '@noema/host';
import { DomainError } from '@noema/kernel';
import { lostArtifacts, verifyPlatform } from '@noema/standalone';
import { formatTable } from '../terminal/table.js';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';
import { withClusterFlag } from './up.command.js';

export function verifyCommand(): Command {
  return withClusterFlag(new Command('verify'))
    .description('compare every artifact that the database names with the store')
    .option('--read', 'also read every artifact and compare its hash')
    .action(
      action(async ({ terminal, directory }: CommandContext, { read }: { readonly read?: boolean }) => {
        const reports = await verifyPlatform(directory, { reads: read === true });
        terminal.document(reports);
        for (const line of formatTable(reports, COLUMNS)) terminal.line(line);
        const lost = lostArtifacts(reports);
        if (lost === undefined) return;
        throw new DomainError(
          'data-loss',
          'ARTIFACTS_LOST',
          `${lost}; restore a backup, or make again what they belong to`,
        );
      }),
    );
}

const column = (heading: string, value: (report: ArtifactReport) => number) => ({
  heading,
  value,
  align: 'right' as const,
});
const COLUMNS = [
  { heading: 'SERVICE', value: (report: ArtifactReport) => report.service },
  column('NAMED', (r) => r.named),
  column('BYTES', (r) => r.namedBytes),
  column('DANGLING', (r) => r.dangling),
  column('DAMAGED', (r) => r.damaged),
  column('UNNAMED', (r) => r.unnamed),
];
