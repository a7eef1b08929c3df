import { pythonRuntime } from '../../src/runner/runtimes/python.js';
import type { Attacks } from './attacks.js';

const text = (value: string): string => JSON.stringify(value);
const block = (code: string): string => code.split('\n').join('\n    ');
const sleeper = (mark: string, body = ''): string =>
  `[sys.executable, "-c", ${text(`${body}import time; time.sleep(1000) # ${mark}`)}]`;
const QUIET = 'stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL';

/** The same attacks in Python. */
export const pythonAttacks: Attacks = {
  runtime: pythonRuntime,
  module: ({ before = '', preprocess = 'pass', x = 'index', m = '0' }) => `
import errno, json, math, os, shutil, socket, struct, subprocess, sys, threading, time, urllib.request
from noema.integration import input, metadata, splits

def frame(header, body=b""):
    h = header.encode()
    os.write(3, struct.pack("<II", len(h), len(body)) + h + body)

def reach(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect(address)
    return "connected"

def code_of(error):
    number = getattr(error, "errno", None)
    return errno.errorcode.get(number, str(error)) if number is not None else str(error)

def read(path):
    with open(path) as file:
        return file.read()

def write(path, mode):
    with open(path, mode) as file:
        return file.write("x")

def refuse(message):
    raise ValueError(message)

attack_at = lambda index: None
${before}

@splits(name="hostile")
def data():
    ${block(preprocess)}
    return {"training": 40}

@input
def x(index):
    attack_at(index)
    return ${x}

@metadata
def m(index):
    return ${m}
`,
  attempt: (expression) => ({
    before: `
def attempt():
    try:
        return "got " + str(${expression})[:200]
    except Exception as error:
        return "refused " + code_of(error)
outcome = attempt()`,
    m: 'outcome',
  }),
  atSample20: (statement) => ({
    before: `
sent = False
def attack_at(index):
    global sent
    if index == 20 and not sent:
        sent = True
        ${statement.split('\n').join('\n        ')}`,
  }),

  readFile: (path) => `read(${text(path)})`,
  countBytes: (path) => `len(read(${text(path)}))`,
  countParentEnvironment: 'len(read(f"/proc/{os.getppid()}/environ"))',
  listFolder: (path, name) =>
    `os.listdir(${text(path)}) if ${text(name)} in os.listdir(${text(path)}) else refuse("only its own")`,
  surroundings:
    'json.dumps([os.path.exists("/proc"), list(os.environ), sys.argv[1:], os.getuid() == 0, [name for name ' +
    'in os.listdir("/") if name in ("etc", "root", "home", "proc", "sys", "var", "run", "opt")]], ' +
    'separators=(",", ":"))',
  readBeside: (paths) => ({
    before: `
def attempt(name):
    try:
        return read(os.path.join(os.path.dirname(__file__), name))
    except OSError as error:
        return code_of(error)
outcome = ",".join(attempt(name) for name in ${JSON.stringify(paths)})`,
    m: 'outcome',
  }),

  reachPort: (port) => `reach(socket.AF_INET, ("127.0.0.1", ${port}))`,
  // Node binds all 108 bytes of a name.
  reachAbstract: (name) => `reach(socket.AF_UNIX, ${text(name)}.ljust(108, chr(0)))`,
  network: [
    ['the metadata address of a cloud', 'reach(socket.AF_INET, ("169.254.169.254", 80))'],
    ['a host of the internet', 'urllib.request.urlopen("http://192.0.2.1/", timeout=5)'],
    ['names', 'socket.getaddrinfo("example.org", 80)'],
    ['names by the system', 'socket.gethostbyname("example.org")'],
    ['by datagrams', 'socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 53))'],
    ['by listening', 'socket.create_server(("127.0.0.1", 0))'],
  ],

  appendTo: (path) => `write(${text(path)}, "a")`,
  appendToInterpreter: 'write(sys.executable, "a")',
  writeTo: (path) => `write(${text(path)}, "w")`,
  removeFolder: (path) => `shutil.rmtree(${text(path)})`,
  sdk: new URL('../../../../../sdks/python/src/noema', import.meta.url).pathname,
  fillTmp: (mark) =>
    `[open("/tmp/${mark}" + str(i), "wb", buffering=0).write(bytes(1048576)) == 1048576 or ` +
    'os.write(os.open("/tmp/more", os.O_CREAT | os.O_WRONLY), b"x") for i in range(64)] and "all"',
  countTmp: (mark) => `len([name for name in os.listdir("/tmp") if name.startswith("${mark}")])`,

  forkEndlessly: ({ mark }) => `while True:
    for _ in range(20):
        try:
            subprocess.Popen(${sleeper(mark)}, ${QUIET}, start_new_session=True)
        except OSError:
            pass
    time.sleep(0.02)`,
  leaveOrphan: ({ mark }) => `subprocess.Popen(${sleeper(mark)}, ${QUIET}, start_new_session=True)
time.sleep(0.2)
os._exit(0)`,
  eatMemory: ({ mark }) => [
    [
      'in buffers',
      'held = []\nwhile True:\n    held.append(b"\\1" * (16 << 20))\n    time.sleep(0.005)',
      /MEMORY_EXCEEDED/,
    ],
    ['in one buffer', 'b"\\1" * (2**31 - 1)', /MEMORY_EXCEEDED|HANDLER_THREW/],
    [
      'in the heap',
      'held = []\nwhile True:\n    held.append({"at": len(held), "text": "x" + str(len(held))})',
      /MEMORY_EXCEEDED|CRASHED/,
    ],
    [
      'in its children',
      `for _ in range(2):
    subprocess.Popen(${sleeper(mark, 'b = b"\\1" * (120 << 20); ')}, ${QUIET})
threading.Event().wait()`,
      /MEMORY_EXCEEDED/,
    ],
    [
      'in a worker thread',
      `def eat():
    held = []
    while True:
        held.append(b"\\1" * (16 << 20))
        time.sleep(0.005)
threading.Thread(target=eat, daemon=True).start()
threading.Event().wait()`,
      /MEMORY_EXCEEDED/,
    ],
  ],
  writeEndlessly: 'while True:\n    os.write(1, b"x" * 65536)',
  loop: 'while True:\n    pass',
  loopInThread: {
    before: 'def work():\n    while True:\n        pass',
    preprocess: 'threading.Thread(target=work, daemon=True).start()\nthreading.Event().wait()',
  },

  sendFrame: (header, zeros = 0, nans = 0) =>
    `frame(${text(header)}, struct.pack("<f", math.nan) * ${nans} + bytes(${zeros}))`,
  sendBytes: (bytes) => `os.write(3, bytes(${JSON.stringify(bytes)}))`,
  sendNested: 'frame("[" * 100000 + "]" * 100000)',
  waitForever: 'threading.Event().wait()',
  kills: (ours) => [
    ['its parent', 'try:\n    os.kill(os.getppid(), 9)\nexcept OSError:\n    pass'],
    ['all it can', 'try:\n    os.kill(-1, 9)\nexcept OSError:\n    pass'],
    ['the first process', 'try:\n    os.kill(1, 9)\nexcept OSError:\n    pass'],
    ['us', `try:\n    os.kill(${ours}, 9)\nexcept OSError:\n    pass`],
    ['itself', 'os.abort()'],
    ['itself softly', 'os._exit(0)'],
  ],
  bend: `import builtins
def bent(*_):
    raise RuntimeError("bent")
json.dumps = bent
builtins.len = bent`,
};
