/** What a token may be used for. `api` includes all; `write_package_registry` includes reading. */
export type TokenScope =
  | 'api'
  | 'read_api'
  | 'read_user'
  | 'read_package_registry'
  | 'write_package_registry'
  | 'read_virtual_registry'
  | 'write_virtual_registry';
