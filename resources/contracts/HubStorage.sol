// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// What one application owns: four words, of which a redemption row touches the first alone.
struct Application {
    /// Signs vouchers of every epoch that can still be redeemed; zero while a key is younger than
    /// that, which sends a row to `keyTerms` instead. Other devices' keys will live there too.
    address hotKey;
    uint96 balance;
    // ---
    uint96 thawing;
    uint32 thawEndEpoch;
    /// At least the sum of all budgets of each epoch that can still be redeemed or follows.
    uint96 sumBudgets;
    uint32 releaseEpoch;
    // ---
    address newestKey;
    uint32 newestFrom;
    uint64 keyNonce;
    // ---
    address previousKey;
    /// Leaves `sumBudgets` at `releaseEpoch`: the budgets it stood for can be redeemed until then.
    uint96 releasing;
}

/// Valid for the sessions of `fromEpoch` up to, and without, `untilEpoch`.
struct KeyTerm {
    uint32 fromEpoch;
    uint32 untilEpoch;
}

/// One word. `budget`, `n` and `pins` hold before `nextFrom` and the others from then on.
struct Terms {
    uint96 budget;
    uint96 nextBudget;
    uint32 nextFrom;
    uint8 n;
    uint8 nextN;
    /// Which set of `Enrolment.pinned` holds; 0 will mean that draws come from the epoch's seed.
    uint8 pins;
    uint8 nextPins;
}

/// What held in an epoch that `Terms` has no room for any more.
struct PastTerms {
    uint32 epoch;
    uint96 budget;
    uint8 n;
    uint8 pins;
}

/// Payments of one draw in one epoch. Mined relays will draw on the same word.
struct Draw {
    uint32 epoch;
    uint96 paid;
    /// The highest voucher shown, which a contest by receipt will start from.
    uint96 ceiling;
}

uint256 constant MAX_DRAWS = 16;
uint256 constant MAX_WINDOW = 16;
uint256 constant PIN_WORDS = MAX_DRAWS * (MAX_WINDOW + 2);
uint256 constant DRAW_WORDS = MAX_DRAWS * MAX_WINDOW;

/// An application's use of one service.
struct Enrolment {
    Terms terms;
    PastTerms[MAX_WINDOW] past;
    address[PIN_WORDS] pinned;
}

/// Stake and its thaw will follow behind the payout address.
struct Supplier {
    address payout;
}

/// Seats will follow in words of their own.
struct Model {
    address source;
    uint16 royaltyBps;
    uint16 nextRoyaltyBps;
    uint32 nextFrom;
    bytes32 ggufSha256;
}

/// @title What the parts of the hub share: parameters, storage and the arithmetic of epochs.
abstract contract HubStorage {
    IERC20 public immutable token;
    uint32 public immutable epochSeconds;
    /// How long after its end an epoch can be redeemed; proofs get `proofSeconds` more.
    uint32 public immutable redeemSeconds;
    uint32 public immutable proofSeconds;
    /// How long after its end a supplier may still serve an epoch's sessions; read by clients.
    uint32 public immutable graceSeconds;
    /// W: how many epochs can be open at once.
    uint32 public immutable windowEpochs;
    /// R = 2 W - 1: the epochs that can draw money while one epoch's window is open.
    uint32 public immutable reserveEpochs;

    mapping(address application => Application) internal _applications;
    mapping(address application => mapping(address key => KeyTerm)) internal _keyTerms;
    mapping(bytes32 service => mapping(address application => Enrolment)) internal _enrolments;
    /// By supplier too, so that a word tells whose it was; see `Redemption._requireAllowed`.
    mapping(bytes32 service => mapping(address supplier => mapping(address application => Draw[DRAW_WORDS])))
        internal _draws;
    mapping(bytes32 service => Model) internal _models;
    mapping(address supplier => Supplier) internal _suppliers;
    mapping(address owner => uint256) internal _credits;

    error BadParameters();
    error ZeroAmount();
    error ZeroAddress();

    constructor(
        IERC20 token_,
        uint32 epochSeconds_,
        uint32 redeemSeconds_,
        uint32 proofSeconds_,
        uint32 graceSeconds_
    ) {
        require(address(token_).code.length > 0, BadParameters());
        require(epochSeconds_ > 0 && graceSeconds_ <= redeemSeconds_, BadParameters());
        uint256 settling = uint256(redeemSeconds_) + proofSeconds_;
        uint256 window = 1 + (settling + epochSeconds_ - 1) / epochSeconds_;
        require(window > 1 && window <= MAX_WINDOW, BadParameters());
        token = token_;
        epochSeconds = epochSeconds_;
        redeemSeconds = redeemSeconds_;
        proofSeconds = proofSeconds_;
        graceSeconds = graceSeconds_;
        windowEpochs = uint32(window);
        reserveEpochs = uint32(2 * window - 1);
    }

    function currentEpoch() public view returns (uint32) {
        return uint32(block.timestamp / epochSeconds);
    }

    /// The oldest epoch for which anything may still be paid.
    function _oldestOpenEpoch() internal view returns (uint32) {
        uint32 epoch = currentEpoch();
        return epoch < windowEpochs ? 0 : epoch + 1 - windowEpochs;
    }

    function _sumBudgets(Application storage app) internal view returns (uint96) {
        return currentEpoch() < app.releaseEpoch ? app.sumBudgets : app.sumBudgets - app.releasing;
    }

    /// What every budget of `sum` needs, so that whoever checked once is paid whatever happens.
    function _isCovered(Application storage app, uint96 sum) internal view returns (bool) {
        return app.balance >= uint256(app.thawing) + uint256(reserveEpochs) * sum;
    }

    /// The terms of `epoch`, for one that is open or to come; they are the same for every epoch
    /// from `since` up to it.
    function _termsAt(
        Enrolment storage enrolment,
        uint256 epoch
    ) internal view returns (uint256 budget, uint256 n, uint256 pins, uint256 since) {
        uint256 word;
        assembly ("memory-safe") {
            // `Terms` in one read, from its lowest bits up; it is the first word of an enrolment.
            word := sload(enrolment.slot)
        }
        since = uint32(word >> 192);
        if (epoch >= since) return (uint96(word >> 96), uint8(word >> 232), uint8(word >> 248), since);
        PastTerms storage past = enrolment.past[epoch % windowEpochs];
        if (past.epoch == epoch) return (past.budget, past.n, past.pins, epoch);
        return (uint96(word), uint8(word >> 224), uint8(word >> 240), epoch);
    }

    function _slotOf(
        Draw[DRAW_WORDS] storage draws,
        uint256 draw,
        uint256 ring
    ) internal pure returns (uint256 slot) {
        assembly ("memory-safe") {
            slot := add(draws.slot, add(mul(draw, 16), ring))
        }
    }

    /// `Draw` in one read, from its lowest bits up.
    function _loadDraw(
        uint256 slot
    ) internal view returns (uint256 epoch, uint256 paid, uint256 ceiling) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(slot)
        }
        return (uint32(word), uint96(word >> 32), word >> 128);
    }

    function _storeDraw(uint256 slot, uint256 epoch, uint256 paid, uint256 ceiling) internal {
        assembly ("memory-safe") {
            sstore(slot, or(epoch, or(shl(32, paid), shl(128, ceiling))))
        }
    }

    /// The first word of an application, which is all that a redemption needs of it.
    function _signingOf(
        Application storage app
    ) internal view returns (address hotKey, uint256 stake) {
        uint256 word;
        assembly ("memory-safe") {
            word := sload(app.slot)
        }
        return (address(uint160(word)), word >> 160);
    }

    function _storeSigning(Application storage app, address hotKey, uint256 stake) internal {
        assembly ("memory-safe") {
            sstore(app.slot, or(hotKey, shl(160, stake)))
        }
    }

    function _pinned(
        Enrolment storage enrolment,
        uint256 pins,
        uint256 draw
    ) internal view returns (address) {
        unchecked {
            return enrolment.pinned[pins * MAX_DRAWS + draw];
        }
    }

    function _payoutOf(address supplier) internal view returns (address) {
        address payout = _suppliers[supplier].payout;
        return payout == address(0) ? supplier : payout;
    }
}
