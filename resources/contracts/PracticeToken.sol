// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Worthless money for the practice chain: anyone takes what they need.
contract PracticeToken is ERC20("Practice coin", "PRAC") {
    uint256 public constant MAX_FAUCET = 1_000_000e6;

    error FaucetLimit(uint256 most);

    function faucet(address to, uint256 amount) external {
        require(amount <= MAX_FAUCET, FaucetLimit(MAX_FAUCET));
        _mint(to, amount);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
