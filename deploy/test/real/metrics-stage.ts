import { artifactAlarm, outboxAlarm, silenceCheck } from './alarm-check.js';
import { check, say } from './checks.js';
import { documentCommands } from './document-commands.js';
import { queriesCheck, rulesCheck, targetsCheck } from './metrics-check.js';
import { buildMonitoring, startMonitoring } from './monitoring.js';
import type { PrometheusClient } from './prometheus.js';
import { importImages } from './real-images.js';
import type { RealNode } from './real-node.js';

/** Prometheus, by its operator, over everything that runs in the node. */
export class MetricsStage {
  private constructor(
    private readonly node: RealNode,
    private readonly prometheus: PrometheusClient,
  ) {}

  /** Starts Prometheus and waits until it watches the installation, by the command of docs/operations.md. */
  static async start(node: RealNode, run: (command: string) => Promise<unknown>): Promise<MetricsStage> {
    await check('Prometheus and its operator are in the node', async () => {
      await buildMonitoring();
      await importImages(node, say, 'metrics');
    });
    const prometheus = await check('Prometheus is ready', () => startMonitoring(node));
    for (const command of await documentCommands('## Watch')) await check(command, () => run(command));
    const stage = new MetricsStage(node, prometheus);
    await stage.watch();
    return stage;
  }

  /** Waits until every alarm is evaluated and every target is up. */
  async watch(): Promise<void> {
    const { node, prometheus } = this;
    say(await check('every alarm is loaded and healthy', () => rulesCheck(node, prometheus)));
    say(await check('every service and worker is scraped', () => targetsCheck(node, prometheus)));
  }

  /** Runs every query over an installation that has worked, then gives reason for two alarms. */
  async prove(key: string): Promise<void> {
    const { node, prometheus } = this;
    await this.watch();
    const lines = await check('every query of dashboards and alarms', () => queriesCheck(node, prometheus));
    for (const line of lines) say(line);
    await check('no alarm is pending or fires', () => silenceCheck(prometheus));
    say(
      await check('NoemaArtifactsDamaged fires for one missing object', () =>
        artifactAlarm(node, prometheus, key),
      ),
    );
    say(
      await check('NoemaOutboxOld fires without NATS and is resolved with it', () =>
        outboxAlarm(node, prometheus),
      ),
    );
  }
}
