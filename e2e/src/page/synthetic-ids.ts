/** Ids of what a synthetic platform has. */
export const IDS = {
  team: '01890a5d-ac96-774b-bcce-b302099a8057',
  project: '01890a5d-ac96-774b-bcce-b302099a8001',
  run: '01890a5d-ac96-774b-bcce-b302099a8002',
  data: '01890a5d-ac96-774b-bcce-b302099a8003',
  set: '01890a5d-ac96-774b-bcce-b302099a8004',
  space: '01890a5d-ac96-774b-bcce-b302099a8005',
  map: '01890a5d-ac96-774b-bcce-b302099a8006',
  job: '01890a5d-ac96-774b-bcce-b302099a8007',
  other: '01890a5d-ac96-774b-bcce-b302099a8008',
  otherRun: '01890a5d-ac96-774b-bcce-b302099a8011',
  otherSet: '01890a5d-ac96-774b-bcce-b302099a8009',
} as const;
