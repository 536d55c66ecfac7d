import { unitHandler } from './unit-handler.ts';

export const handler = unitHandler('CLEAN_UP');
