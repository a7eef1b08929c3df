import type { ReportedUsage } from './usage.js';

/** What services said of the current transaction's team. */
export interface UsageReports {
  save(teamId: string, report: ReportedUsage): Promise<void>;
  list(): Promise<readonly ReportedUsage[]>;
}
