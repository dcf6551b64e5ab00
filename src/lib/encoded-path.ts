/**
 * A file's name as GitLab shows it: plain, or with its folders as one percent-encoded string (`path%2Fto%2Ffile`), in
 * which only letters, digits, `_`, `-` and `.` stay (https://docs.gitlab.com/user/packages/generic_packages/).
 */
export function encodedPath(name: string): string {
  return name.includes('/') ? encodeURIComponent(name).replace(/[!'()*~]/g, percent) : name;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
