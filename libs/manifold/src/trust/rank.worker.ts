import { workerData } from 'node:worker_threads';
import { type RankTask, runRankTask } from './rank-task.js';

runRankTask(workerData as RankTask);
