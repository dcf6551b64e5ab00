import { claimOperations } from './claims.ts';
import { reservationOperations } from './reservations.ts';
import { twinOperations } from './twins.ts';

export const reservedNameOperations = [...reservationOperations, ...claimOperations, ...twinOperations];
