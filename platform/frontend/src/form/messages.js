// The words the form says by itself. The page may replace any of them in `<script id="gewu-messages">`.

const zh = {
  required: "请填写此项",
  number: "请填写数字",
  min: "不能小于 {min}",
  max: "不能大于 {max}",
  atLeastText: "至少 {atLeast} 个字",
  atMostText: "至多 {atMost} 个字",
  atLeastChoices: "至少选 {atLeast} 项",
  atMostChoices: "至多选 {atMost} 项",
  atLeastFiles: "至少需要 {atLeast} 个",
  atMostFiles: "至多 {atMost} 个",
  pattern: "格式不正确，请核对",
  refused: "还有 {count} 处需要改正，已标在题目下方",
  saved: "草稿已保存在手机上",
  restored: "已恢复上次未提交的草稿",
  unsaved: "此浏览器不能保存草稿，请勿关闭本页",
  sending: "正在提交…",
  sent: "已提交",
  queued: "已存在手机上，联网后自动发送",
  waiting: "{count} 份上报待发送，联网后自动发送",
  returned: "{count} 份上报被退回，请点开改正",
  signIn: "登录已失效，内容已存在手机上；请重新登录后再发送",
  conflict: "这份上报已用另一内容提交过，请核对“我的”列表",
  failed: "服务器没有接受：{detail}。内容仍在手机上",
  pickPhoto: "＋ 拍照或选照片",
  pickVideo: "＋ 录像或选视频",
  pickAudio: "＋ 录音或选录音",
  pickFile: "＋ 选择文件",
  remove: "删除",
  wipe: "重签",
  locating: "正在定位…",
  located: "已定位（误差约 {accuracy} 米）",
  notLocated: "无法定位，请打开定位权限后重试",
  photoFailed: "这张照片无法读取，请重拍",
  offline: "现在没有网络，没有发出；填写的内容都在，联网后再点一次",
};

const en = {
  required: "Please fill this in",
  number: "Please enter a number",
  min: "Must be at least {min}",
  max: "Must be at most {max}",
  atLeastText: "At least {atLeast} characters",
  atMostText: "At most {atMost} characters",
  atLeastChoices: "Choose at least {atLeast}",
  atMostChoices: "Choose at most {atMost}",
  atLeastFiles: "At least {atLeast} needed",
  atMostFiles: "At most {atMost} allowed",
  pattern: "Not in the expected format, please check",
  refused: "{count} answers need correcting; each is marked below its question",
  saved: "Draft saved on this phone",
  restored: "Your unsent draft is back",
  unsaved: "This browser cannot keep a draft: do not close the page",
  sending: "Sending…",
  sent: "Sent",
  queued: "Kept on this phone; it is sent by itself once you are online",
  waiting: "{count} reports waiting to be sent once you are online",
  returned: "{count} reports were refused: open them to correct",
  signIn: "You are signed out. The report is kept on this phone; sign in to send it",
  conflict: "This report was already sent with other answers: look under “Mine”",
  failed: "The server did not take it: {detail}. The report is still on this phone",
  pickPhoto: "+ Take or choose a photo",
  pickVideo: "+ Record or choose a video",
  pickAudio: "+ Record or choose audio",
  pickFile: "+ Choose a file",
  remove: "Remove",
  wipe: "Sign again",
  locating: "Finding your position…",
  located: "Position found (within about {accuracy} m)",
  notLocated: "Position not found: allow access to it and try again",
  photoFailed: "This photo cannot be read, please take it again",
  offline: "You are offline and nothing was sent. What you filled in is still here: press again once you are online",
};

/** `say(key, values)` in the page's language; `replaced` are the page's own wordings. */
export function speaker(language, replaced = {}) {
  const words = { ...(language?.startsWith("en") ? en : zh), ...replaced };
  return (key, values = {}) => fill(words[key] ?? key, values);
}

/** Puts values into the `{name}` places of a text. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

export const languages = { zh, en };
