import { Command, Option } from 'commander';
import { type PlatformProcess, startPlatformProcess } from '@noema/standalone';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';

export interface PlatformFlags {
  readonly port: string;
  readonly grpcPort?: string;
  readonly processes?: boolean;
  readonly cluster?: boolean;
  readonly workers?: string;
  readonly replicas?: string;
  readonly teams?: string;
  readonly natsProgram?: string;
  readonly trustIntegrations?: boolean;
}

/** The options of every command that may start a platform. */
export const withPlatformFlags = (command: Command): Command =>
  withClusterFlag(command)
    .option('--port <number>', 'port of the gateway on 127.0.0.1; 0 for any free port', '7070')
    .addOption(
      new Option(
        '--grpc-port <number>',
        'gRPC port on 127.0.0.1 (default: the port after --port, or a free one)',
      ).env('NOEMA_GRPC_PORT'),
    )
    .option('--processes', 'run every service in a separate process')
    .option('--workers <number>', 'of a cluster: worker processes of each heavy service (2)')
    .option('--replicas <number>', 'of a cluster: processes of each service behind the gateway (1)')
    .option('--teams <number>', 'of a cluster: number of teams to create at the first start (2)')
    .option('--nats-program <path>', 'of a cluster: path of another NATS server')
    .option(
      '--trust-integrations',
      'run the code of users without a sandbox although there are several teams; only where every ' +
        'member may do what you may',
    );

/** Adds the flag that selects the cluster, which has its own data directory. */
export const withClusterFlag = (command: Command): Command =>
  command.option(
    '--cluster',
    'run as a cluster does, in .noema-cluster: NATS, S3, every service and its workers in processes of ' +
      'their own',
  );

/** Starts the platform of the command's data directory as the flags say. */
export function startPlatform(
  { directory }: CommandContext,
  {
    port,
    grpcPort,
    processes,
    cluster,
    workers,
    replicas,
    teams,
    natsProgram,
    trustIntegrations,
  }: PlatformFlags,
): Promise<PlatformProcess> {
  const count = (name: string, text: string | undefined) =>
    text === undefined ? {} : { [name]: Number(text) };
  return startPlatformProcess({
    dataDir: directory.path,
    port: Number(port),
    processes: processes === true,
    cluster: cluster === true,
    trustIntegrations: trustIntegrations === true,
    ...count('grpcPort', grpcPort),
    ...count('workers', workers),
    ...count('replicas', replicas),
    ...count('teams', teams),
    ...(natsProgram !== undefined && { natsProgram }),
  });
}

export function upCommand(): Command {
  return withPlatformFlags(new Command('up'))
    .description('start the platform of the data directory in the background')
    .action(
      action(async (context: CommandContext, flags: PlatformFlags) => {
        const { terminal, directory } = context;
        const platform = await startPlatform(context, flags);
        platform.detach();
        const signIn = await context.signInLink(platform.url);
        const grpcAddress = (await context.platform())?.grpcAddress;
        terminal.document({
          url: platform.url,
          grpc_address: grpcAddress,
          sign_in_url: signIn,
          pid: platform.pid,
          data_dir: directory.path,
        });
        terminal.line(
          `Noema serves ${terminal.color.bold(platform.url)} from ` +
            `${directory.path}${grpcAddress === undefined ? '' : `, gRPC at ${grpcAddress}`}`,
        );
        if (signIn !== undefined) terminal.line(`open the page, signed in: ${signIn}`);
        terminal.line(
          terminal.color.dim(`stop it with "noema down${flags.cluster === true ? ' --cluster' : ''}"`),
        );
      }),
    );
}
