/** What is logged, and how. */
import { oneOf, trueOrFalse } from './parsers.ts';
import { setting } from './setting.ts';

export const logging = {
  logLevel: setting({
    key: 'PACKYARD_LOG_LEVEL',
    default: 'info',
    meaning: 'Least level that is logged: trace, debug, info, warn, error, fatal or silent.',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
  }),
  logFormat: setting({
    key: 'PACKYARD_LOG_FORMAT',
    default: 'auto',
    meaning: '`json` (one object a line), `pretty`, or `auto`: pretty on a terminal, else json.',
    parse: oneOf('auto', 'json', 'pretty'),
  }),
  requestLog: setting({
    key: 'PACKYARD_REQUEST_LOG',
    default: 'true',
    meaning: 'Whether each request is logged as a line of level info.',
    parse: trueOrFalse,
  }),
};
