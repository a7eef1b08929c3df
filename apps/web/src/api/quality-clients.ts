import { DashboardService } from '@noema/contracts/noema/quality/v1/dashboard_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/** Dashboards of projects; the first view does without them. */
export const dashboards = createRestClient(DashboardService, restOptions);
