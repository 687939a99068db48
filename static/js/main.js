// The entry of every page: each behaviour attaches itself by data attributes. One line each.
// @ts-check
import "./autosave.js";
import "./shortcuts.js";
import "./ticking.js";
import { start as startCalled } from "./called.js";
import { start as startDeviceTest } from "./device-test.js";
import { start as startForms } from "./forms.js";
import { start as startLive } from "./live.js";
import { start as startOffline } from "./offline.js";
import { start as startParentDoor } from "./parent-door.js";
import { start as startPasskey } from "./passkey.js";
import { start as startRail } from "./rail.js";
import { start as startRefine } from "./refine.js";
import { start as startRefresh } from "./refresh.js";
import { start as startReplay } from "./replay.js";
import { start as startSignInLink } from "./sign-in-link.js";
import { start as startStand } from "./stand.js";
import { start as startWall } from "./wall.js";
import { start as startWindow } from "./window.js";
import { start as startWishes } from "./wishes.js";

startLive();
startForms();
startOffline();
startSignInLink();
startPasskey();
startParentDoor();
startCalled();
startRail();
startRefresh();
startWall();
startReplay();
startRefine();
startStand();
startWindow();
startDeviceTest();
startWishes();
