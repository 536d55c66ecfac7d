import { unitHandler } from './unit-handler.ts';

export const handler = unitHandler('SWAP');
