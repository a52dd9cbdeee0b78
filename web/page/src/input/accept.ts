import { copy } from '../copy/index.js';
import { asking } from '../own/asking.js';
import { giveFiles, giveLabels, putInModel, wantsFiles } from '../own/put-in.js';
import { type Found, putInInbox } from '../state/inbox.js';
import { photoFromFile } from '../state/photo.js';
import { goTo, place } from '../state/place.js';
import { examine, notice } from '../state/specimen.js';
import { handed, isLessons, takeLessons, wantsExamples } from '../teach/hooks.js';
import { collectChosen } from './collect.js';
import { isPicture } from './pictures.js';

/** An ONNX file begins with nothing that tells it from another: its name decides. */
const isModel = (file: File) => /\.onnx$/i.test(file.name);

/** Names of a model's classes, where one comes along or is asked about. */
const isLabels = (file: File) => /\.(txt|csv|tsv|json|names)$/i.test(file.name);

/** Everything that was kept here or elsewhere, in one file. */
const isBackup = (file: File) => /\.zip$/i.test(file.name);

async function takeBackup(file: File): Promise<void> {
  goTo('settings');
  const { restore } = await import('../backup/acts.js');
  await restore(file);
}

/**
 * Takes the first model of what was handed over, with a file of its labels if there is one, and whatever is no
 * picture, for models may keep their weights in other files; a picture waits for it. One picture is laid on
 * the table, several go to the album, and so does one that is put into the album's room. A single file that
 * only claims to be something else is tried as a picture too: the bytes decide, not the name.
 */
export function acceptFiles(files: Iterable<File>, options: { named: boolean }): void {
  const all = withoutSaved(collectChosen(files));
  if (all === null) return;
  if (all.length === 0) notice.value = copy.value.noPhoto;
  const { models, pictures, others } = takeModel(all);
  const picture = (pictures[0] ?? others[0])?.file;
  if (pictures.length > 1 || (picture && place.value === 'album')) {
    acceptForAlbum(others);
  } else if (picture) {
    goTo('photo');
    examine(photoFromFile(picture, options.named));
    if (others.length > 1) notice.value = copy.value.onlyFirst(others.length);
  }
  noteModels(models);
}

/** What lay in a folder: a model as it is taken from files, and photos for the album, be it only one. */
export function acceptFolder(found: readonly Found[]): void {
  const all = withoutSaved(found);
  if (all === null) return;
  const { models, pictures, others } = takeModel(all);
  if (pictures.length > 0 || others.length === all.length) acceptForAlbum(others);
  noteModels(models);
}

/** The code that takes it is fetched first; where that fails the file is still the visitor's, who can drop it again. */
function orSay(taking: Promise<void>): void {
  taking.catch(() => {
    notice.value = copy.value.downloadFailure;
  });
}

/** Takes what the page itself saved, and what is for teaching; null where nothing else is left. */
function withoutSaved(found: readonly Found[]): readonly Found[] | null {
  const lessons = found.find(({ file }) => isLessons(file.name));
  if (lessons) orSay(takeLessons(lessons.file));
  const backup = found.find(({ file }) => isBackup(file));
  if (backup) orSay(takeBackup(backup.file));
  const rest = found.filter(({ file }) => !isLessons(file.name) && !isBackup(file));
  if (wantsExamples()) {
    handed.value = [...handed.value, ...rest.map(({ file }) => file)];
    return null;
  }
  return (lessons || backup) && rest.length === 0 ? null : rest;
}

interface Sorted {
  readonly models: readonly Found[];
  readonly pictures: readonly Found[];
  /** The pictures, and what belongs to no model. */
  readonly others: readonly Found[];
}

/** Puts in the first model with what belongs to it, or what an earlier one lacked. */
function takeModel(found: readonly Found[]): Sorted {
  const models = found.filter(({ file }) => isModel(file));
  const labels = models[0] || asking.value ? found.filter(({ file }) => isLabels(file)) : [];
  const rest = found.filter((each) => !models.includes(each) && !labels.includes(each));
  const pictures = rest.filter(({ file }) => isPicture(file.name, file.type));
  const data = models[0] || wantsFiles() ? rest.filter((each) => !pictures.includes(each)) : [];
  const filesOf = (each: readonly Found[]) => each.map(({ file }) => file);
  const [labelFile] = filesOf(labels);
  if (models[0]) void putInModel({ file: models[0].file, labelFile, data: filesOf(data) });
  else if (data.length > 0) void giveFiles(filesOf(data));
  else if (labelFile) void giveLabels(labelFile);
  return { models, pictures, others: rest.filter((each) => !data.includes(each)) };
}

function noteModels(models: readonly Found[]): void {
  if (models.length > 1) notice.value = copy.value.onlyFirstModel(models.length);
}

/** Many photos, such as a folder's: to the album's room. */
export function acceptForAlbum(found: readonly Found[]): void {
  putInInbox(found);
  goTo('album');
}
