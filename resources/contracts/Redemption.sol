// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Application, Draw, DRAW_WORDS, Enrolment, MAX_DRAWS, Model} from "./HubStorage.sol";
import {Keys} from "./Keys.sol";
import {TypedData} from "./TypedData.sol";

/// One draw of one application in one epoch, shown by its latest voucher.
struct RedeemRow {
    /// application << 96 | price
    uint256 appAndPrice;
    /// draw << 192 | cumulative << 96 | amount, the total charged on this draw and epoch so far
    uint256 drawAndAmounts;
    bytes32 ref;
    bytes32 r;
    bytes32 vs;
}

/// What all rows of one redemption share.
struct Batch {
    address supplier;
    uint256 epoch;
    /// The epoch's place in every ring of draw words.
    uint256 ring;
    /// See `TypedData.openBlock`.
    uint256 block_;
}

/// @title Vouchers into credits, many applications at a time.
/// The path of mined relays (claim, prove) will end in `_collect` as well, on the same draw words.
abstract contract Redemption is Keys {
    uint256 private constant BPS = 10_000;

    /// drawAndPaid = draw << 192 | paid in all on this draw and epoch << 96 | paid by this row
    event Row(address indexed application, uint256 drawAndPaid);
    event Redeemed(
        address indexed supplier,
        bytes32 indexed service,
        uint32 indexed epoch,
        uint256 total
    );

    error EpochNotOpen(uint32 epoch);
    error MalformedRow(uint256 row);
    error AboveVoucher(uint256 row);
    error NotPinned(uint256 row);
    error AboveAllowance(uint256 row, uint256 allowance);
    error BadSignature(uint256 row);

    /// Anyone may send it: the money goes to the supplier's payout and to the model's source.
    /// A row pays what its amount exceeds the amounts before, and no more than the stake holds;
    /// one that was paid before pays nothing, so that a batch can be sent again.
    function redeem(
        address supplier,
        bytes32 service,
        uint32 epoch,
        RedeemRow[] calldata rows
    ) external {
        require(_isOpen(epoch), EpochNotOpen(epoch));
        Batch memory batch = Batch({
            supplier: supplier,
            epoch: epoch,
            ring: epoch % windowEpochs,
            block_: TypedData.openBlock(_domainSeparatorV4(), service, epoch, supplier)
        });
        mapping(address application => Enrolment) storage enrolments = _enrolments[service];
        mapping(address application => Draw[DRAW_WORDS]) storage draws = _draws[service][supplier];
        uint256 total;
        unchecked {
            // What a row pays is a uint96, and calldata has no room for 2^160 rows.
            for (uint256 i = 0; i < rows.length; ++i) {
                total += _payRow(batch, enrolments, draws, _rowAt(rows, i), i);
            }
        }
        if (total > 0) _split(supplier, service, epoch, total);
        emit Redeemed(supplier, service, epoch, total);
    }

    /// An epoch can be redeemed from its start, so that earnings need not wait for its end.
    function _isOpen(uint32 epoch) internal view returns (bool) {
        uint256 closesAt = (uint256(epoch) + 1) * epochSeconds + redeemSeconds;
        // Before, not at, its end: with no time for proofs that second is of the epoch W later, whose
        // payments are written to the same places of the rings.
        return epoch <= currentEpoch() && block.timestamp < closesAt;
    }

    /// As `rows[i]`, whose bound the loop has checked.
    function _rowAt(
        RedeemRow[] calldata rows,
        uint256 i
    ) private pure returns (RedeemRow calldata row) {
        assembly ("memory-safe") {
            row := add(rows.offset, mul(i, 0xa0))
        }
    }

    function _payRow(
        Batch memory batch,
        mapping(address application => Enrolment) storage enrolments,
        mapping(address application => Draw[DRAW_WORDS]) storage draws,
        RedeemRow calldata row,
        uint256 i
    ) private returns (uint256 paid) {
        unchecked {
            address application = address(uint160(row.appAndPrice >> 96));
            uint256 draw = row.drawAndAmounts >> 192;
            uint256 cumulative = uint96(row.drawAndAmounts >> 96);
            uint256 amount = uint96(row.drawAndAmounts);
            require(draw < MAX_DRAWS, MalformedRow(i));
            require(amount <= cumulative, AboveVoucher(i));

            uint256 slot = _slotOf(draws[application], draw, batch.ring);
            (uint256 lastEpoch, uint256 before, uint256 ceiling) = _loadDraw(slot);
            // The word may hold an epoch whose window has closed.
            if (lastEpoch != batch.epoch) (before, ceiling) = (0, 0);
            if (amount <= before) return 0;

            _requireAllowed(batch, enrolments[application], draw, lastEpoch, amount, i);
            address signer = _signerOf(batch.block_, row, application, draw);
            paid = _take(application, signer, batch.epoch, amount - before, i);
            if (paid == 0) return 0;
            before += paid;
            if (cumulative > ceiling) ceiling = cumulative;
            _storeDraw(slot, batch.epoch, before, ceiling);
            emit Row(application, (draw << 192) | (before << 96) | paid);
        }
    }

    /// The draw is the supplier's, and every draw may take its part of the budget, no more.
    /// A draw word is one supplier's, so one that was written under the same terms proves the pin.
    function _requireAllowed(
        Batch memory batch,
        Enrolment storage enrolment,
        uint256 draw,
        uint256 lastEpoch,
        uint256 amount,
        uint256 i
    ) private view {
        (uint256 budget, uint256 n, uint256 pins, uint256 since) = _termsAt(
            enrolment,
            batch.epoch
        );
        require(draw < n, NotPinned(i));
        if (lastEpoch < since) {
            require(_pinned(enrolment, pins, draw) == batch.supplier, NotPinned(i));
        }
        unchecked {
            uint256 allowance = budget / n;
            require(amount <= allowance, AboveAllowance(i, allowance));
        }
    }

    function _signerOf(
        uint256 block_,
        RedeemRow calldata row,
        address application,
        uint256 draw
    ) private view returns (address) {
        bytes32 session = TypedData.sessionId(
            block_,
            application,
            draw,
            uint96(row.appAndPrice)
        );
        uint256 cumulative = uint96(row.drawAndAmounts >> 96);
        return TypedData.voucherSigner(block_, session, cumulative, row.ref, row.r, row.vs);
    }

    /// Takes up to `due` out of the stake, thawing or not.
    function _take(
        address application,
        address signer,
        uint256 epoch,
        uint256 due,
        uint256 i
    ) private returns (uint256) {
        Application storage app = _applications[application];
        (address hotKey, uint256 balance) = _signingOf(app);
        // Where there is no hot key, no signer must not pass for it; nor does it have a term.
        if (signer != hotKey || signer == address(0)) {
            require(isKeyValid(application, signer, uint32(epoch)), BadSignature(i));
            // Once every epoch that can be redeemed is within its term, the key needs no look-up.
            if (signer == app.newestKey && app.newestFrom <= _oldestOpenEpoch()) hotKey = signer;
        }
        if (due > balance) due = balance;
        unchecked {
            _storeSigning(app, hotKey, balance - due);
        }
        return due;
    }

    /// The royalty at the epoch's rate goes to the source, all the rest to the supplier.
    function _split(address supplier, bytes32 service, uint32 epoch, uint256 total) private {
        Model storage model = _models[service];
        uint256 bps = epoch < model.nextFrom ? model.royaltyBps : model.nextRoyaltyBps;
        uint256 royalty = (total * bps) / BPS;
        if (royalty > 0) _credits[model.source] += royalty;
        _credits[_payoutOf(supplier)] += total - royalty;
    }
}
